// Test support for users: see testing.hpp. Faults are thrown before the store is reached, so nothing was applied.
// abort is never failed by a fault: a transaction must be able to end.
#include <kinship/testing.hpp>

#include "engine/scope.hpp"

namespace kinship::testing {

awaitable<Database> memory() { return connect("sqlite::memory:"); }

std::shared_ptr<Driver> driver_of(const Database& db) { return detail::effective(db.scope())->core->driver; }

FaultyDriver::FaultyDriver(std::shared_ptr<Driver> below) : below_(std::move(below)), state_(std::make_shared<State>()) {}

void FaultyDriver::fail_at(std::uint64_t n, errc code) {
  state_->failed = false;
  state_->code = code;
  state_->fail_at = n == 0 ? 0 : state_->calls.load() + n;
}

void FaultyDriver::run_at_with(std::uint64_t n, void (*fn)(void*), std::shared_ptr<void> context) {
  state_->fn = fn;
  state_->context = std::move(context);
  state_->run_at = state_->calls.load() + n;
}

void FaultyDriver::State::check(const char* call) {
  const std::uint64_t number = ++calls;
  if (number == run_at.load()) fn(context.get());
  if (number != fail_at.load()) return;
  failed = true;
  ErrorContext where;
  where.operation = call;
  throw error(code.load(), "a test made call " + std::to_string(number) + " (" + call + ") fail", std::move(where));
}

class FaultyDriver::FaultyCursor final : public Cursor {
 public:
  FaultyCursor(std::shared_ptr<State> state, std::unique_ptr<Cursor> below)
      : state_(std::move(state)), below_(std::move(below)) {}
  awaitable<Batch> next() override {
    state_->check("getMore");
    return below_->next();
  }

 private:
  std::shared_ptr<State> state_;
  std::unique_ptr<Cursor> below_;
};

awaitable<FindReply> FaultyDriver::guarded(std::shared_ptr<State> state, awaitable<FindReply> below) {
  FindReply reply = co_await std::move(below);
  if (reply.cursor) reply.cursor = std::make_unique<FaultyCursor>(std::move(state), std::move(reply.cursor));
  co_return reply;
}

Capabilities FaultyDriver::capabilities() const { return below_->capabilities(); }

awaitable<FindReply> FaultyDriver::find(FindOperation operation) {
  state_->check("find");
  return guarded(state_, below_->find(std::move(operation)));
}
awaitable<std::uint64_t> FaultyDriver::count(CountOperation operation) {
  state_->check("count");
  return below_->count(std::move(operation));
}
awaitable<GroupedCountReply> FaultyDriver::grouped_count(GroupedCountOperation operation) {
  state_->check("count");
  return below_->grouped_count(std::move(operation));
}
awaitable<WriteReply> FaultyDriver::write(WriteOperation operation) {
  state_->check("write");
  return below_->write(std::move(operation));
}
awaitable<FindAndModifyReply> FaultyDriver::find_and_modify(FindAndModifyOperation operation) {
  state_->check("find_and_modify");
  return below_->find_and_modify(std::move(operation));
}
awaitable<void> FaultyDriver::create_index(CreateIndexOperation operation) {
  state_->check("create_index");
  return below_->create_index(std::move(operation));
}
awaitable<void> FaultyDriver::drop_collection(std::string collection, OperationContext context) {
  state_->check("drop");
  return below_->drop_collection(std::move(collection), std::move(context));
}
awaitable<std::vector<CollectionListing>> FaultyDriver::list_collections(OperationContext context) {
  state_->check("list_collections");
  return below_->list_collections(std::move(context));
}
awaitable<std::vector<IndexListing>> FaultyDriver::list_indexes(std::string collection, OperationContext context) {
  state_->check("list_indexes");
  return below_->list_indexes(std::move(collection), std::move(context));
}
awaitable<Batch> FaultyDriver::distinct(DistinctOperation operation) {
  state_->check("distinct");
  return below_->distinct(std::move(operation));
}
awaitable<FindReply> FaultyDriver::aggregate(AggregateOperation operation) {
  state_->check("aggregate");
  return guarded(state_, below_->aggregate(std::move(operation)));
}
awaitable<bson::Document> FaultyDriver::command(bson::Document command, OperationContext context) {
  state_->check("command");
  return below_->command(std::move(command), std::move(context));
}
awaitable<std::shared_ptr<Session>> FaultyDriver::begin(std::string origin, OperationContext context) {
  state_->check("begin");
  return below_->begin(std::move(origin), std::move(context));
}
awaitable<void> FaultyDriver::commit(std::shared_ptr<Session> session) {
  state_->check("commit");
  return below_->commit(std::move(session));
}
awaitable<void> FaultyDriver::abort(std::shared_ptr<Session> session) { return below_->abort(std::move(session)); }
awaitable<void> FaultyDriver::backup(std::string path) {
  state_->check("backup");
  return below_->backup(std::move(path));
}
awaitable<void> FaultyDriver::close(Deadline deadline) { return below_->close(deadline); }

}  // namespace kinship::testing
