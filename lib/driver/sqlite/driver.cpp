// The seam's calls: each becomes a job, waits for it and hands its reply over.
// Public functions are plain and copy what they need; the coroutines own their arguments.
#include "driver.hpp"

#include <kinship/options.hpp>

#include "await.hpp"
#include "backup.hpp"
#include "command.hpp"
#include "count.hpp"
#include "find.hpp"
#include "find_and_modify.hpp"
#include "indexes.hpp"
#include "lease.hpp"
#include "listing.hpp"
#include "store.hpp"
#include "write.hpp"

namespace kinship {
namespace sqlite {
namespace {

using StorePtr = std::shared_ptr<Store>;

// Runs a job and hands one of its members over.
template <class J, class R>
awaitable<R> reply_of(StorePtr store, std::shared_ptr<J> job, R J::*reply) {
  co_await await_job(std::move(store), job);
  co_return std::move((*job).*reply);
}

awaitable<FindReply> refuse_aggregate() {
  throw error(errc::unsupported,
              "The embedded store has no aggregation: use find, count and distinct, or compute over the documents");
  co_return FindReply();
}

awaitable<std::shared_ptr<Session>> begin_session(StorePtr store, std::shared_ptr<BeginJob> job) {
  co_await await_job(std::move(store), job);
  co_return std::move(job->session);
}

class SqliteDriver final : public Driver {
 public:
  explicit SqliteDriver(StoreHandle store) : store_(std::move(store)) {}

  Capabilities capabilities() const override {
    Capabilities out;
    out.store = "sqlite";
    out.transactions = out.serial_writers = out.limit_per_key = true;
    out.chunk_keys = 50'000;
    out.chunk_bytes = 64 << 20;
    out.chunks_in_flight = 1;
    return out;
  }

  awaitable<FindReply> find(FindOperation operation) override {
    return reply_of(*store_, std::make_shared<FindJob>(*store_, std::move(operation)), &FindJob::reply);
  }
  awaitable<std::uint64_t> count(CountOperation operation) override {
    return reply_of(*store_, std::make_shared<CountJob>(std::move(operation)), &CountJob::count);
  }
  awaitable<GroupedCountReply> grouped_count(GroupedCountOperation operation) override {
    return reply_of(*store_, std::make_shared<GroupedCountJob>(std::move(operation)), &GroupedCountJob::reply);
  }
  awaitable<WriteReply> write(WriteOperation operation) override {
    return reply_of(*store_, std::make_shared<WriteJob>(std::move(operation)), &WriteJob::reply);
  }
  awaitable<FindAndModifyReply> find_and_modify(FindAndModifyOperation operation) override {
    return reply_of(*store_, std::make_shared<FindAndModifyJob>(std::move(operation)), &FindAndModifyJob::reply);
  }
  awaitable<void> create_index(CreateIndexOperation operation) override {
    return await_job(*store_, std::make_shared<CreateIndexJob>(std::move(operation)));
  }
  awaitable<void> drop_collection(std::string collection, OperationContext context) override {
    return await_job(*store_, std::make_shared<DropJob>(std::move(collection), std::move(context)));
  }
  awaitable<std::vector<CollectionListing>> list_collections(OperationContext context) override {
    return reply_of(*store_, std::make_shared<ListCollectionsJob>(std::move(context)), &ListCollectionsJob::collections);
  }
  awaitable<std::vector<IndexListing>> list_indexes(std::string collection, OperationContext context) override {
    return reply_of(*store_, std::make_shared<ListIndexesJob>(std::move(collection), std::move(context)),
                    &ListIndexesJob::indexes);
  }
  awaitable<Batch> distinct(DistinctOperation operation) override {
    return reply_of(*store_, std::make_shared<DistinctJob>(std::move(operation)), &DistinctJob::values);
  }
  awaitable<FindReply> aggregate(AggregateOperation) override { return refuse_aggregate(); }
  awaitable<bson::Document> command(bson::Document command, OperationContext context) override {
    return reply_of(*store_, std::make_shared<CommandJob>(std::move(command), std::move(context)), &CommandJob::reply);
  }

  awaitable<std::shared_ptr<Session>> begin(std::string origin, OperationContext context) override {
    context.session.reset();
    return begin_session(*store_, std::make_shared<BeginJob>(*store_, std::move(origin), std::move(context)));
  }
  awaitable<void> commit(std::shared_ptr<Session> session) override { return end(Ending::commit, std::move(session)); }
  awaitable<void> abort(std::shared_ptr<Session> session) override { return end(Ending::abort, std::move(session)); }

  awaitable<void> backup(std::string path) override {
    return await_job(*store_, std::make_shared<BackupJob>(*store_, std::move(path)));
  }
  awaitable<void> close(Deadline deadline) override {
    OperationContext context;
    context.deadline = deadline;
    return await_closing(*store_, std::make_shared<EndJob>(Ending::none, std::move(context)));
  }
  // Its readers, each a connection of its own; the writer and open cursors are not counted, and there is no server.
  void add_stats(Stats& stats) const override {
    const ReaderPool::Statistics readers = (*store_)->readers().statistics();
    stats.pool.created += readers.readers;
    stats.pool.waiting += readers.queued;
    if (readers.stopped) {
      stats.pool.closed += readers.readers;
      return;
    }
    stats.pool.open += readers.readers;
    stats.pool.idle += readers.idle;
    stats.pool.in_use += readers.readers - readers.idle;
  }

 private:
  awaitable<void> end(Ending ending, std::shared_ptr<Session> session) {
    OperationContext context;
    context.session = std::move(session);
    return await_job(*store_, std::make_shared<EndJob>(ending, std::move(context)));
  }

  StoreHandle store_;
};

awaitable<std::shared_ptr<Driver>> open(SqliteOptions options) {
  if (options.path == ":memory:") options.memory = true;
  if (options.path.empty() && !options.memory)
    throw error(errc::unavailable,
                "The embedded store needs a path: say sqlite:FILE, or sqlite::memory: for a temporary one");
  StoreHandle store(std::make_shared<Store>(std::move(options)));
  co_await await_opening(*store, std::make_shared<EndJob>(Ending::none, OperationContext()));
  std::shared_ptr<Driver> driver = std::make_shared<SqliteDriver>(std::move(store));
  co_return driver;
}

}  // namespace
}  // namespace sqlite

awaitable<std::shared_ptr<Driver>> open_sqlite(SqliteOptions options) { return sqlite::open(std::move(options)); }

}  // namespace kinship
