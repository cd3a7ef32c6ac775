// Test support for users: see testing.hpp. Faults are thrown before the store is reached, so nothing was applied.
// abort is never failed by a fault: a transaction must be able to end.
#include <kinship/testing.hpp>

#include "engine/scope.hpp"

namespace kinship::testing {

awaitable<Database> memory() { return connect("sqlite::memory:"); }

std::shared_ptr<Driver> driver_of(const Database& db) { return detail::effective(db.scope())->core->driver; }

FaultyDriver::FaultyDriver(std::shared_ptr<Driver> below) : below_(std::move(below)) {}

void FaultyDriver::fail_at(std::uint64_t n, errc code) {
  failed_ = false;
  code_ = code;
  fail_at_ = n == 0 ? 0 : calls_.load() + n;
}

void FaultyDriver::check(const char* call) {
  const std::uint64_t number = ++calls_;
  if (number != fail_at_.load()) return;
  failed_ = true;
  ErrorContext context;
  context.operation = call;
  throw error(code_.load(), "a test made call " + std::to_string(number) + " (" + call + ") fail", std::move(context));
}

Capabilities FaultyDriver::capabilities() const { return below_->capabilities(); }

awaitable<FindReply> FaultyDriver::find(FindOperation operation) {
  check("find");
  return below_->find(std::move(operation));
}
awaitable<std::uint64_t> FaultyDriver::count(CountOperation operation) {
  check("count");
  return below_->count(std::move(operation));
}
awaitable<GroupedCountReply> FaultyDriver::grouped_count(GroupedCountOperation operation) {
  check("count");
  return below_->grouped_count(std::move(operation));
}
awaitable<WriteReply> FaultyDriver::write(WriteOperation operation) {
  check("write");
  return below_->write(std::move(operation));
}
awaitable<FindAndModifyReply> FaultyDriver::find_and_modify(FindAndModifyOperation operation) {
  check("find_and_modify");
  return below_->find_and_modify(std::move(operation));
}
awaitable<void> FaultyDriver::create_index(CreateIndexOperation operation) {
  check("create_index");
  return below_->create_index(std::move(operation));
}
awaitable<void> FaultyDriver::drop_collection(std::string collection, OperationContext context) {
  check("drop");
  return below_->drop_collection(std::move(collection), std::move(context));
}
awaitable<Batch> FaultyDriver::distinct(DistinctOperation operation) {
  check("distinct");
  return below_->distinct(std::move(operation));
}
awaitable<FindReply> FaultyDriver::aggregate(AggregateOperation operation) {
  check("aggregate");
  return below_->aggregate(std::move(operation));
}
awaitable<bson::Document> FaultyDriver::command(bson::Document command, OperationContext context) {
  check("command");
  return below_->command(std::move(command), std::move(context));
}
awaitable<std::shared_ptr<Session>> FaultyDriver::begin(std::string origin, OperationContext context) {
  check("begin");
  return below_->begin(std::move(origin), std::move(context));
}
awaitable<void> FaultyDriver::commit(std::shared_ptr<Session> session) {
  check("commit");
  return below_->commit(std::move(session));
}
awaitable<void> FaultyDriver::abort(std::shared_ptr<Session> session) { return below_->abort(std::move(session)); }
awaitable<void> FaultyDriver::backup(std::string path) {
  check("backup");
  return below_->backup(std::move(path));
}
awaitable<void> FaultyDriver::close(Deadline deadline) { return below_->close(deadline); }

}  // namespace kinship::testing
