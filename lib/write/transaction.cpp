// Begin, commit, roll back; a conflict may run again. Rollback works in a cancelled coroutine: its state is reset first.
// Whether to try again is decided by the error and the clock: conflicts of the store, after a pause, for two minutes, as
// MongoDB's own drivers do, or as long as the handle's timeout allows; others a bounded number of times.
#include "write/transaction.hpp"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>
#include <kinship/database.hpp>
#include <kinship/error.hpp>
#include <random>

#include "engine/restorer.hpp"

namespace kinship::detail {

namespace asio = boost::asio;

constexpr std::chrono::seconds longest(120);
/// For conflicts the store knows nothing of: stale versions, lost primaries. They go at once, or not at all.
constexpr int most_attempts = 20;

const ScopePtr& scope_of(const TransactionRun& run) { return run.scope(); }

std::shared_ptr<TransactionRun> new_transaction(ScopePtr scope, std::string origin) {
  return std::make_shared<TransactionRun>(effective(std::move(scope)), std::move(origin));
}

void doom_if_written(Scope& scope, std::uint64_t before) {
  if (scope.transaction->writes.load() != before) scope.transaction->doomed = true;
}

ScopePtr without_transaction(const ScopePtr& scope) {
  if (scope->core->driver->capabilities().transactions) return nullptr;
  auto alone = std::make_shared<Scope>(*scope);
  alone->transaction = std::make_shared<Transaction>();
  alone->transaction->ended = true;
  alone->parent = scope;
  return alone;
}

std::exception_ptr left_halfway(const Scope& scope, std::exception_ptr failure) {
  if (!scope.transaction->changed) return failure;
  try {
    std::rethrow_exception(cancelled_in_words(failure, Outcome::partial));
  } catch (const error& e) {
    if (e.outcome() != Outcome::not_applied) return std::current_exception();
    ErrorContext context = e.context();
    context.outcome = Outcome::partial;
    return std::make_exception_ptr(
        error(static_cast<errc>(e.code().value()),
              e.sentence() + "; this store has no transactions, so what was written before stays: do it again to finish",
              std::move(context)));
  } catch (...) {
    return std::current_exception();
  }
}

static awaitable<void> begin_of(std::shared_ptr<TransactionRun> run) {
  const ScopePtr& outside = run->outside();
  if (outside->in_transaction()) {
    run->enter(outside);
    co_return;
  }
  const auto deadline = run->deadline();
  if (deadline && !run->last_failure.empty())
    throw error(errc::timeout,
                "the transaction had no time left for another try; the last one failed: " + run->last_failure);
  auto transaction = std::make_shared<Transaction>();
  transaction->origin = run->origin();
  OperationContext context = outside->context();
  if (deadline) context.deadline = *deadline;
  transaction->session = co_await outside->core->driver->begin(run->origin(), std::move(context));
  outside->core->counters.transactions.fetch_add(1, std::memory_order_relaxed);
  auto inside = std::make_shared<Scope>(outside->core);
  inside->options = outside->options;
  inside->counters = outside->counters;
  inside->strict = outside->strict;
  inside->transaction = std::move(transaction);
  inside->parent = outside;
  run->enter(std::move(inside));
}
awaitable<void> begin_transaction(std::shared_ptr<TransactionRun> run) { return in_words(begin_of(std::move(run))); }

static awaitable<void> commit_of(std::shared_ptr<TransactionRun> run) {
  if (run->joined()) co_return;
  const std::shared_ptr<Transaction> transaction = run->scope()->transaction;
  if (transaction->doomed) {
    ErrorContext context;
    context.operation = "commit";
    throw error(
        errc::transaction_aborted,
        "a call inside this transaction failed halfway and its error was swallowed, so nothing of the transaction is "
        "stored; let such errors leave the function",
        std::move(context));
  }
  co_await run->scope()->core->driver->commit(transaction->session);
  transaction->ended = true;
  transaction->session = nullptr;
  transaction->restorer->committed(run->scope()->core->rolled_back);
}
awaitable<void> commit_transaction(std::shared_ptr<TransactionRun> run) { return commit_of(std::move(run)); }

std::exception_ptr in_words(std::exception_ptr failure, asio::cancellation_type cancelled) {
  return cancelled != asio::cancellation_type::none ? cancelled_in_words(std::move(failure), Outcome::not_applied) : failure;
}

enum class Rerun : std::uint8_t { never, at_once, after_a_pause };

static Rerun rerun_after(std::exception_ptr failure, std::string& words) {
  try {
    std::rethrow_exception(failure);
  } catch (const error& e) {
    if (e.code() != errc::conflict || e.outcome() == Outcome::unknown) return Rerun::never;
    words = e.sentence();
    return e.store_code() == 0 ? Rerun::at_once : Rerun::after_a_pause;
  } catch (...) {
    return Rerun::never;
  }
}

// It will run again, after the pause.
static void count_rerun(const TransactionRun& run, std::string why, int attempt, std::chrono::milliseconds pause) {
  Core& core = *run.outside()->core;
  core.counters.reruns.fetch_add(1, std::memory_order_relaxed);
  if (!core.observers.wants(observed_retries)) return;
  RetryEvent event;
  event.time = std::chrono::system_clock::now();
  event.operation = "transaction";
  event.attempt = attempt + 1;
  event.pause = pause;
  event.error = std::move(why);
  core.observers.tell(event);
}

// Whoever was in the way may be done then; several that got in each other's way come back at different times. False: there
// is no time left. A cancelled pause ends at once: the next begin says so.
static awaitable<bool> pause_before_rerun(std::shared_ptr<TransactionRun> run, std::string why) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const int attempt = run->next_attempt();
  const double most = std::min(500.0, 5.0 * std::pow(1.5, attempt - 1));
  const std::chrono::milliseconds pause(std::uniform_int_distribution<int>(0, static_cast<int>(most))(random));
  const Deadline deadline = run->deadline().value_or(run->began() + longest);
  if (std::chrono::steady_clock::now() + pause >= deadline) co_return false;
  count_rerun(*run, std::move(why), attempt, pause);
  asio::steady_timer timer(co_await asio::this_coro::executor, pause);
  boost::system::error_code ended;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  co_return true;
}

static awaitable<bool> roll_back_of(std::shared_ptr<TransactionRun> run, std::exception_ptr failure) {
  if (run->joined()) {
    doom_if_written(*run->scope(), run->writes_before());
    co_return false;
  }
  const std::shared_ptr<Transaction> transaction = run->scope()->transaction;
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  try {
    if (transaction->session) co_await run->scope()->core->driver->abort(transaction->session);
  } catch (const error&) {
    // The store has dropped it already; dropping the session below asks for a rollback once more.
  }
  co_await asio::this_coro::reset_cancellation_state();
  co_await asio::this_coro::throw_if_cancelled(true);
  transaction->ended = true;
  transaction->session = nullptr;
  transaction->restorer->restore(run->scope()->core->rolled_back);
  std::string words;
  const Rerun rerun = rerun_after(failure, words);
  if (rerun == Rerun::never) co_return false;
  if (rerun == Rerun::at_once) {
    const int attempt = run->next_attempt();
    if (attempt < most_attempts) count_rerun(*run, words, attempt, std::chrono::milliseconds(0));
    co_return attempt < most_attempts;
  }
  const bool throwing = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  const bool again = co_await pause_before_rerun(run, words);
  co_await asio::this_coro::throw_if_cancelled(throwing);
  if (again || !run->deadline()) co_return again;
  run->last_failure = std::move(words);  // the next begin says that the time is over
  co_return true;
}
awaitable<bool> roll_back_transaction(std::shared_ptr<TransactionRun> run, std::exception_ptr failure) {
  return roll_back_of(std::move(run), failure);
}

}  // namespace kinship::detail
