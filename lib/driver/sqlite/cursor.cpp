// Next batches run as jobs of the reader pool, on the cursor's own connection.
// Dropping a cursor resets its statement and gives the connection back: a few instructions, no waiting.
#include "cursor.hpp"

#include "await.hpp"
#include "store.hpp"

namespace kinship::sqlite {
namespace {

class MemoryCursor final : public Cursor {
 public:
  MemoryCursor(Batch rest, std::size_t count) : rest_(std::move(rest)), count_(count) {}
  awaitable<Batch> next() override { return hand_over(take()); }

 private:
  Batch take() {
    Batch batch;
    batch.owner = rest_.owner;
    const std::size_t end = std::min(rest_.documents.size(), at_ + count_);
    batch.documents.assign(rest_.documents.begin() + static_cast<std::ptrdiff_t>(at_),
                           rest_.documents.begin() + static_cast<std::ptrdiff_t>(end));
    if (!rest_.keys.empty())
      batch.keys.assign(rest_.keys.begin() + static_cast<std::ptrdiff_t>(at_),
                        rest_.keys.begin() + static_cast<std::ptrdiff_t>(end));
    at_ = end;
    return batch;
  }
  static awaitable<Batch> hand_over(Batch batch) { co_return batch; }

  Batch rest_;
  std::size_t count_;
  std::size_t at_{};
};

struct Pinned {
  Pinned(std::shared_ptr<Store> from, FindQuery asked, const OperationContext& with)
      : store(std::move(from)), query(std::move(asked)), context(with), connection(store->cursors().acquire()) {}
  ~Pinned() {
    stream.reset();
    store->cursors().release(std::move(connection));
  }

  std::shared_ptr<Store> store;
  FindQuery query;
  const OperationContext context;
  std::unique_ptr<Connection> connection;
  std::optional<FindStream> stream;
  std::mutex busy;  // two calls of next() at once are a mistake, but must not crash
};

class NextJob final : public Job {
 public:
  NextJob(std::shared_ptr<Pinned> pinned, OperationContext context) : Job(std::move(context)), pinned_(std::move(pinned)) {}
  void run(Connection&) override {
    const std::lock_guard lock(pinned_->busy);
    if (pinned_->stream->ended()) return;
    pinned_->connection->watch(this);
    batch = pinned_->stream->next(pinned_->query.operation.batch_size);
    pinned_->connection->watch(nullptr);
  }
  Batch batch;

 private:
  std::shared_ptr<Pinned> pinned_;
};

class PinnedCursor final : public Cursor {
 public:
  explicit PinnedCursor(std::shared_ptr<Pinned> pinned) : pinned_(std::move(pinned)) {}
  awaitable<Batch> next() override { return run(pinned_); }

 private:
  static awaitable<Batch> run(std::shared_ptr<Pinned> pinned) {
    auto job = std::make_shared<NextJob>(pinned, pinned->context);
    co_await await_job(pinned->store, job);
    co_return std::move(job->batch);
  }
  std::shared_ptr<Pinned> pinned_;
};

}  // namespace

FindReply open_cursor(std::shared_ptr<Store> store, FindQuery query, Connection& connection, const Job& job) {
  FindReply reply;
  const std::size_t count = query.operation.batch_size;
  const CollectionInfo* seen = connection.catalog().find(query.operation.collection);
  if (seen == nullptr) return reply;
  if (!in_order(query, make_plan(*seen, query.matcher, query.wish()))) {
    reply.first = find_all(connection, query);
    reply.cursor = cut(reply.first, count);
    return reply;
  }
  auto pinned = std::make_shared<Pinned>(std::move(store), std::move(query), job.context());
  pinned->query.hint = pinned->context.hint;
  Connection& own = *pinned->connection;
  own.watch(&job);
  own.run(Sql::begin);
  own.refresh();
  const CollectionInfo* collection = own.catalog().find(pinned->query.operation.collection);
  if (collection == nullptr) return reply;
  pinned->stream.emplace(own, *collection, pinned->query,
                         make_plan(*collection, pinned->query.matcher, pinned->query.wish()));
  reply.first = pinned->stream->next(count);
  own.watch(nullptr);
  if (!pinned->stream->ended()) reply.cursor = std::make_unique<PinnedCursor>(std::move(pinned));
  return reply;
}

std::unique_ptr<Cursor> cut(Batch& batch, std::size_t count) {
  if (batch.documents.size() <= count) return nullptr;
  Batch rest;
  rest.owner = batch.owner;
  rest.documents.assign(batch.documents.begin() + static_cast<std::ptrdiff_t>(count), batch.documents.end());
  batch.documents.resize(count);
  if (!batch.keys.empty()) {
    rest.keys.assign(batch.keys.begin() + static_cast<std::ptrdiff_t>(count), batch.keys.end());
    batch.keys.resize(count);
  }
  return std::make_unique<MemoryCursor>(std::move(rest), count);
}

}  // namespace kinship::sqlite
