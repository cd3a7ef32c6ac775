// TransactionRun: one attempt at a transaction, and `atomically` for the engine's own multi-step writes.
// Nested ones join: inside a transaction the same session is used and nothing is begun.
#pragma once

#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <kinship/value/id.hpp>

#include "engine/cancelled.hpp"
#include "engine/engine.hpp"

namespace kinship::detail {

class TransactionRun {
 public:
  TransactionRun(ScopePtr outside, std::string origin) : outside_(std::move(outside)), origin_(std::move(origin)) {}

  const ScopePtr& outside() const noexcept { return outside_; }
  const std::string& origin() const noexcept { return origin_; }
  const ScopePtr& scope() const noexcept { return scope_; }
  bool joined() const noexcept { return scope_ == outside_; }
  void enter(ScopePtr scope) {
    scope_ = std::move(scope);
    writes_before_ = scope_->transaction->writes.load();
  }
  std::uint64_t writes_before() const noexcept { return writes_before_; }
  int next_attempt() noexcept { return ++attempts_; }
  /// By when all tries together must be done, if the handle has a timeout.
  std::optional<Deadline> deadline() const {
    const auto timeout = outside_->options.timeout();
    return timeout.count() > 0 ? std::optional(began_ + timeout) : std::nullopt;
  }
  std::chrono::steady_clock::time_point began() const noexcept { return began_; }
  /// What the last try failed with, in words, where there is no time for another.
  std::string last_failure{};

 private:
  ScopePtr outside_;
  std::string origin_;
  ScopePtr scope_{};
  std::uint64_t writes_before_{};
  int attempts_{};
  const std::chrono::steady_clock::time_point began_{std::chrono::steady_clock::now()};
};

std::shared_ptr<TransactionRun> new_transaction(ScopePtr scope, std::string origin);
const ScopePtr& scope_of(const TransactionRun& run);
awaitable<void> begin_transaction(std::shared_ptr<TransactionRun> run);
awaitable<void> commit_transaction(std::shared_ptr<TransactionRun> run);
/// True: run it again.
awaitable<bool> roll_back_transaction(std::shared_ptr<TransactionRun> run, std::exception_ptr failure);

/// Something failed in a transaction that had done `before` writes: if it did more, half of it may not be committed.
void doom_if_written(Scope& scope, std::uint64_t before);

/// For several writes where the store has no transactions: a scope that takes note whether one of them changed something.
/// What is bound to it goes on with `scope`. Null: the store has transactions.
ScopePtr without_transaction(const ScopePtr& scope);
/// The failure of such writes: `partial` where one of them had changed something.
std::exception_ptr left_halfway(const Scope& scope, std::exception_ptr failure);

/// Runs `(*work)(scope)` in a transaction, or in the one `scope` is in; where the store has none, one write after another.
/// `work` must be named and outlive the call.
template <class Work>
awaitable<void> atomically(ScopePtr scope, Work* work, const char* origin) {
  if (scope->in_transaction()) {
    const std::uint64_t before = scope->transaction->writes.load();
    std::exception_ptr failure;
    try {
      co_await (*work)(scope);
      co_return;
    } catch (...) {
      failure = std::current_exception();
    }
    doom_if_written(*scope, before);
    std::rethrow_exception(failure);
  }
  const ScopePtr alone = without_transaction(scope);
  if (alone) {
    std::exception_ptr failure;
    try {
      co_await (*work)(alone);
      co_return;
    } catch (...) {
      failure = std::current_exception();
    }
    std::rethrow_exception(left_halfway(*alone, failure));
  }
  const std::shared_ptr<TransactionRun> run = new_transaction(scope, origin);
  for (;;) {
    co_await begin_transaction(run);
    std::exception_ptr failure;
    try {
      co_await (*work)(run->scope());
      co_await commit_transaction(run);
      co_return;
    } catch (...) {
      failure = cancelled_in_words(std::current_exception(), Outcome::not_applied);
    }
    const bool throwing = co_await boost::asio::this_coro::throw_if_cancelled();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    const bool again = co_await roll_back_transaction(run, failure);
    co_await boost::asio::this_coro::throw_if_cancelled(throwing);
    if (!again) std::rethrow_exception(failure);
  }
}

}  // namespace kinship::detail
