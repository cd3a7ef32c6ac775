// Beginning and ending transactions. One that sent nothing ends without a command.
// A commit that may have been applied is sent once more, and, until its result is known, again.
#include <algorithm>

#include <kinship/driver/extras.hpp>
#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/client.hpp"
#include "driver/mongodb/concern.hpp"
#include "driver/mongodb/reply_error.hpp"

namespace kinship::mongodb {
namespace {

using Clock = std::chrono::steady_clock;

/// How long a transaction whose result is not known is committed again.
constexpr std::chrono::seconds commit_limit(120);
constexpr int max_time_expired = 50;

// A rollback is sent although its transaction has run out of time: it gets as much again.
Deadline ending_deadline(const MongoSession& transaction, Ending ending, Deadline given) {
  if (given != no_deadline) return given;
  if (transaction.budget().count() > 0)
    return ending == Ending::commit ? transaction.began() + transaction.budget() : Clock::now() + transaction.budget();
  return transaction.timeout().count() > 0 ? Clock::now() + transaction.timeout() : no_deadline;
}

Command ending_command(const std::shared_ptr<MongoSession>& transaction, Ending ending, Deadline deadline) {
  bson::Builder body;
  Command command;
  command.name = ending == Ending::commit ? "commitTransaction" : "abortTransaction";
  command.database = "admin";
  command.body = body.append_int32(command.name, 1).finish();
  command.context.session = transaction;
  command.context.deadline = ending_deadline(*transaction, ending, deadline);
  const OperationContext options = transaction->options();
  command.context.write_concern = options.write_concern;
  command.context.extras = options.extras;
  if (ending == Ending::abort && options.extras) {  // its own time is for the commit
    auto without_time = std::make_shared<OperationExtras>(*options.extras);
    without_time->max_time = {};
    command.context.extras = std::move(without_time);
  }
  command.writes = command.write_concern = true;
  command.ending = ending;
  return command;
}

}  // namespace

std::shared_ptr<MongoSession> Client::own(const std::shared_ptr<Session>& session) const {
  if (!session) return nullptr;
  auto transaction = std::dynamic_pointer_cast<MongoSession>(session);
  if (!transaction || transaction->client().lock().get() != this)
    throw error(errc::transaction_aborted,
                "The transaction belongs to another database: use the handle that transaction() gave you");
  return transaction;
}

std::shared_ptr<MongoSession> Client::begin(std::string origin, OperationContext options) {
  const auto minutes = deployment_->view()->topology.logical_session_timeout_minutes;
  auto session = std::make_shared<MongoSession>(weak_from_this(), SessionLease(sessions_, minutes),
                                                MongoSession::Kind::one_transaction, MongoSession::Settings());
  begin_transaction(session, std::move(origin), std::move(options));
  return session;
}

std::shared_ptr<MongoSession> Client::start_session(MongoSession::Settings settings) {
  const auto minutes = deployment_->view()->topology.logical_session_timeout_minutes;
  if (!minutes)
    throw error(errc::unsupported, "This deployment has no sessions: they need a replica set or a sharded cluster");
  SessionLease lease(sessions_, minutes);
  return std::make_shared<MongoSession>(weak_from_this(), std::move(lease), MongoSession::Kind::lasting, settings);
}

void Client::begin_transaction(const std::shared_ptr<MongoSession>& session, std::string origin, OperationContext options) {
  if (options.deadline <= Clock::now())
    throw NetworkError(errc::timeout, "The transaction was not begun: its deadline had passed");
  if (!write_concern_of(options.write_concern, write_concern_of(uri_->options)).acknowledged())
    throw error(errc::invalid_query,
                "The transaction was not begun: transactions do not support unacknowledged write concern; leave out w=0");
  session->begin(activity_->begin(false), std::move(origin), std::move(options));
}

static std::shared_ptr<MongoSession> required(std::shared_ptr<MongoSession> transaction) {
  if (transaction) return transaction;
  throw error(errc::transaction_aborted, "No transaction started: use the session that begin() gave you");
}

awaitable<void> Client::commit(std::shared_ptr<Client> self, std::shared_ptr<Session> session, Deadline deadline) {
  const std::shared_ptr<MongoSession> transaction = required(self->own(session));
  const MongoSession::State was = transaction->finish(MongoSession::State::committed);
  std::exception_ptr failure;
  bool known = true;
  if (was == MongoSession::State::running || was == MongoSession::State::committed) {
    Command command = ending_command(transaction, Ending::commit, deadline);
    command.repeated = was == MongoSession::State::committed;
    try {
      co_await run(self, std::move(command));
    } catch (const error& e) {
      failure = std::current_exception();
      known = e.outcome() != Outcome::unknown;
    } catch (...) {
      failure = std::current_exception();
    }
  }
  transaction->settle(known);
  if (failure) std::rethrow_exception(failure);
}

// Whether a commit may be sent again. What failed before anything was sent leaves the result of earlier ones unknown.
static bool may_commit_again(const error& e, bool unknown_before) {
  if (e.code() == errc::cancelled || e.code() == errc::timeout || e.store_code() == max_time_expired) return false;
  return e.outcome() == Outcome::unknown || (unknown_before && e.code() == errc::unavailable);
}

awaitable<void> Client::commit_surely(std::shared_ptr<Client> self, std::shared_ptr<Session> session) {
  const std::shared_ptr<MongoSession> transaction = required(self->own(session));
  const auto budget = transaction->budget();
  const Deadline until = transaction->began() + (budget.count() > 0 ? budget : commit_limit);
  std::chrono::milliseconds pause_time(5);
  int attempt = 1;
  std::exception_ptr unknown;
  for (;;) {
    try {
      co_await commit(self, transaction);
      co_return;
    } catch (const error& e) {
      const bool again = may_commit_again(e, unknown != nullptr) && Clock::now() + pause_time < until;
      if (e.outcome() == Outcome::unknown) unknown = std::current_exception();
      if (!again && unknown && e.code() == errc::unavailable) std::rethrow_exception(unknown);
      if (!again) throw;
      ServerError failure;
      failure.shape = ErrorShape::network;  // its result is not known
      failure.message = "the result of the commit is not known";
      if (const auto* told = dynamic_cast<const CommandError*>(&e)) failure = told->failure();
      self->tried_again({"commitTransaction", {}, ++attempt, nullptr, &failure, pause_time});
    }
    const auto pause = std::make_shared<Pause>(self->deadlines_, Clock::now() + pause_time);
    co_await detail::await_operation(pause);
    if (pause->result() == Pause::End::cancelled) std::rethrow_exception(unknown);
    pause_time = std::min(pause_time * 3 / 2, std::chrono::milliseconds(500));
  }
}

awaitable<void> Client::abort(std::shared_ptr<Client> self, std::shared_ptr<Session> session, Deadline deadline) {
  const std::shared_ptr<MongoSession> transaction = required(self->own(session));
  const MongoSession::State was = transaction->finish(MongoSession::State::aborted);
  if (was == MongoSession::State::running || was == MongoSession::State::doomed) {
    Command command = ending_command(transaction, Ending::abort, deadline);
    try {
      co_await run(self, std::move(command));
    } catch (const error&) {  // the server rolls back by itself what it was not told to
    }
  }
  transaction->settle(true);
}

}  // namespace kinship::mongodb
