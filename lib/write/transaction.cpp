// Begin, commit, roll back; a conflict may run again. Rollback works in a cancelled coroutine: its state is reset first.
// Whether to try again is decided by the error alone: conflicts, a bounded number of times.
#include "write/transaction.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <kinship/database.hpp>
#include <kinship/error.hpp>

#include "engine/restorer.hpp"

namespace kinship::detail {

namespace asio = boost::asio;

constexpr int most_attempts = 20;

const ScopePtr& scope_of(const TransactionRun& run) { return run.scope(); }

std::shared_ptr<TransactionRun> new_transaction(ScopePtr scope, std::string origin) {
  return std::make_shared<TransactionRun>(effective(std::move(scope)), std::move(origin));
}

static awaitable<void> begin_of(std::shared_ptr<TransactionRun> run) {
  const ScopePtr& outside = run->outside();
  if (outside->in_transaction()) {
    run->enter(outside);
    co_return;
  }
  auto transaction = std::make_shared<Transaction>();
  transaction->origin = run->origin();
  for (const Id& key : run->made()) transaction->restorer->made(key);
  OperationContext context = outside->context();
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
awaitable<void> begin_transaction(std::shared_ptr<TransactionRun> run) { return begin_of(std::move(run)); }

static awaitable<void> commit_of(std::shared_ptr<TransactionRun> run) {
  if (run->joined()) co_return;
  const std::shared_ptr<Transaction> transaction = run->scope()->transaction;
  co_await run->scope()->core->driver->commit(transaction->session);
  transaction->ended = true;
  transaction->session = nullptr;
  transaction->restorer->forget();
}
awaitable<void> commit_transaction(std::shared_ptr<TransactionRun> run) { return commit_of(std::move(run)); }

static bool is_conflict(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const error& e) {
    return e.code() == errc::conflict && e.outcome() != Outcome::unknown;
  } catch (...) {
    return false;
  }
}

static awaitable<bool> roll_back_of(std::shared_ptr<TransactionRun> run, std::exception_ptr failure) {
  if (run->joined()) co_return false;
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
  run->made() = transaction->restorer->made();
  transaction->restorer->restore();
  co_return is_conflict(failure) && run->next_attempt() < most_attempts;
}
awaitable<bool> roll_back_transaction(std::shared_ptr<TransactionRun> run, std::exception_ptr failure) {
  return roll_back_of(std::move(run), failure);
}

}  // namespace kinship::detail
