// Scope: what a Database handle stands for — a store, options, perhaps a transaction. Core: one open store.
// A transaction's scope falls back to its parent once the transaction has ended, so bound objects go on.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <kinship/driver/driver.hpp>
#include <kinship/options.hpp>

#include "driver/observers.hpp"
#include "engine/rolled_back.hpp"

namespace kinship::detail {

class Loader;
struct ModelInfo;
class Restorer;

struct Counters {
  std::atomic<std::uint64_t> operations{}, reads{}, writes{}, documents{}, bytes{}, joined{}, transactions{}, reruns{};
};

/// One open store, shared by all its handles.
class Core {
 public:
  explicit Core(std::shared_ptr<Driver> driver);
  ~Core();

  std::shared_ptr<Driver> driver;
  Counters counters;
  std::unique_ptr<Loader> loader;
  RolledBack rolled_back;
  Observers observers;  // of operations, and of transactions that run again

  bool observed() const noexcept { return observers.wants(observed_operations); }

  /// Makes a model, and those reachable from it, known to cascades.
  void register_model(const ModelInfo& model);
  std::vector<const ModelInfo*> models() const;

 private:
  mutable std::mutex mutex_;
  std::vector<const ModelInfo*> models_;
};

/// A transaction from begin to its end.
struct Transaction {
  std::shared_ptr<Session> session;
  std::string origin;
  std::atomic<bool> ended{false};
  std::atomic<std::uint64_t> writes{0};
  std::atomic<bool> changed{false};  // one of the writes changed something
  std::atomic<bool> doomed{false};   // a step of it failed halfway: it may not be committed
  std::unique_ptr<Restorer> restorer;

  Transaction();
  ~Transaction();
};

class Scope {
 public:
  explicit Scope(std::shared_ptr<Core> core) : core(std::move(core)) {}

  std::shared_ptr<Core> core;
  Options options;
  std::shared_ptr<Counters> counters;        // of this handle, beside the core's
  std::shared_ptr<Transaction> transaction;  // null outside
  std::shared_ptr<Scope> parent;             // of a transaction's scope
  bool strict{false};                        // nothing loads by itself

  /// What the handle adds to an operation's context: what the operation says itself stays. `timeout` of this call; zero: the
  /// handle's.
  void apply(OperationContext& context, std::chrono::milliseconds timeout = {}) const;
  /// The context of an operation that says nothing itself.
  OperationContext context() const;
  bool in_transaction() const noexcept { return transaction && !transaction->ended.load(); }
};

using ScopePtr = std::shared_ptr<Scope>;

/// The scope to work in now: past transactions that have ended. Throws `unavailable` for a default Database.
ScopePtr effective(ScopePtr scope);

}  // namespace kinship::detail
