// For a user's own tests: a database that lives in memory, store operations that fail on demand, and counting them.
// `kinship::testing::memory()` opens one; `FaultyDriver` wraps any driver.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <kinship/database.hpp>
#include <kinship/driver/driver.hpp>
#include <kinship/error.hpp>

namespace kinship::testing {

/// A private in-memory database, gone when it is closed or dropped.
[[nodiscard("co_await it")]] awaitable<Database> memory();

/// Passes every call on, counts them, and throws where a test says so. Thread-safe.
class FaultyDriver : public Driver {
 public:
  explicit FaultyDriver(std::shared_ptr<Driver> below);

  /// The n-th call from now (1 is the next) throws `code` instead of reaching the store; begin, commit and each further
  /// batch of a cursor count too. 0: none. It fails once.
  void fail_at(std::uint64_t n, errc code = errc::unavailable);
  /// Runs `fn` when the n-th call from now begins: another writer that comes between, a cancellation. Once.
  template <class Fn>
  void run_at(std::uint64_t n, Fn fn) {
    auto kept = std::make_shared<Fn>(std::move(fn));
    run_at_with(
        n, [](void* context) { (*static_cast<Fn*>(context))(); }, kept);
  }
  /// Calls so far, the failed one included.
  std::uint64_t calls() const noexcept { return state_->calls.load(); }
  /// Whether the fault has happened.
  bool failed() const noexcept { return state_->failed.load(); }

  Capabilities capabilities() const override;
  awaitable<FindReply> find(FindOperation operation) override;
  awaitable<std::uint64_t> count(CountOperation operation) override;
  awaitable<GroupedCountReply> grouped_count(GroupedCountOperation operation) override;
  awaitable<WriteReply> write(WriteOperation operation) override;
  awaitable<FindAndModifyReply> find_and_modify(FindAndModifyOperation operation) override;
  awaitable<void> create_index(CreateIndexOperation operation) override;
  awaitable<void> drop_collection(std::string collection, OperationContext context) override;
  awaitable<std::vector<CollectionListing>> list_collections(OperationContext context) override;
  awaitable<std::vector<IndexListing>> list_indexes(std::string collection, OperationContext context) override;
  awaitable<Batch> distinct(DistinctOperation operation) override;
  awaitable<FindReply> aggregate(AggregateOperation operation) override;
  awaitable<bson::Document> command(bson::Document command, OperationContext context) override;
  awaitable<std::shared_ptr<Session>> begin(std::string origin, OperationContext context) override;
  awaitable<void> commit(std::shared_ptr<Session> session) override;
  awaitable<void> abort(std::shared_ptr<Session> session) override;
  awaitable<void> backup(std::string path) override;
  awaitable<void> close(Deadline deadline) override;
  std::shared_ptr<detail::Observers> observers() const override { return below_->observers(); }
  void add_stats(Stats& stats) const override { below_->add_stats(stats); }

 private:
  struct State {
    void check(const char* call);
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::uint64_t> fail_at{0};
    std::atomic<errc> code{errc::unavailable};
    std::atomic<bool> failed{false};
    std::atomic<std::uint64_t> run_at{0};
    void (*fn)(void*){};
    std::shared_ptr<void> context{};
  };
  class FaultyCursor;
  void run_at_with(std::uint64_t n, void (*fn)(void*), std::shared_ptr<void> context);
  static awaitable<FindReply> guarded(std::shared_ptr<State> state, awaitable<FindReply> below);

  std::shared_ptr<Driver> below_;
  std::shared_ptr<State> state_;  // cursors share it, and may outlive the driver
};

/// Counts the store operations of a handle from its making: `CHECK(queries.count() == 3)`.
class QueryCounter {
 public:
  explicit QueryCounter(Database db) : db_(std::move(db)), before_(db_.stats().operations) {}
  std::uint64_t count() const { return db_.stats().operations - before_; }
  void reset() { before_ = db_.stats().operations; }

 private:
  Database db_;
  std::uint64_t before_;
};

/// The driver below a database, to wrap it: `Database(std::make_shared<FaultyDriver>(driver_of(db)))`.
std::shared_ptr<Driver> driver_of(const Database& db);

}  // namespace kinship::testing
