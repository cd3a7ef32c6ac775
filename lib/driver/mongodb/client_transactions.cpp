// Beginning and ending transactions. One that sent nothing ends without a command.
// A commit that may have been applied is sent once more; what is still not known then is said as it is.
#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/client.hpp"
#include "driver/mongodb/concern.hpp"
#include "driver/mongodb/reply_error.hpp"
#include "driver/mongodb/retry.hpp"

namespace kinship::mongodb {
namespace {

Command ending_command(const std::shared_ptr<MongoSession>& transaction, Ending ending) {
  bson::Builder body;
  Command command;
  command.name = ending == Ending::commit ? "commitTransaction" : "abortTransaction";
  command.database = "admin";
  command.body = body.append_int32(command.name, 1).finish();
  command.context.session = transaction;
  if (transaction->budget().count() > 0) command.context.deadline = std::chrono::steady_clock::now() + transaction->budget();
  command.context.write_concern = transaction->options().write_concern;
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
  if (options.deadline <= std::chrono::steady_clock::now())
    throw NetworkError(errc::timeout, "The transaction was not begun: its deadline had passed");
  if (!write_concern_of(options.write_concern, write_concern_of(uri_->options)).acknowledged())
    throw error(errc::invalid_query,
                "The transaction was not begun: transactions do not support unacknowledged write concern; leave out w=0");
  const auto minutes = deployment_->view()->topology.logical_session_timeout_minutes;
  auto token = activity_->begin(false);
  SessionLease lease(sessions_, minutes);
  ++lease->txn_number;
  options.session.reset();
  return std::make_shared<MongoSession>(weak_from_this(), std::move(lease), std::move(token), std::move(origin),
                                        std::move(options));
}

static std::shared_ptr<MongoSession> required(std::shared_ptr<MongoSession> transaction) {
  if (transaction) return transaction;
  throw error(errc::transaction_aborted, "No transaction started: use the session that begin() gave you");
}

awaitable<void> Client::commit(std::shared_ptr<Client> self, std::shared_ptr<Session> session) {
  const std::shared_ptr<MongoSession> transaction = required(self->own(session));
  const MongoSession::State was = transaction->finish(MongoSession::State::committed);
  std::exception_ptr failure;
  bool unknown = false;
  if (was == MongoSession::State::running || was == MongoSession::State::unknown) {
    Command command = ending_command(transaction, Ending::commit);
    command.repeated = was == MongoSession::State::unknown;
    try {
      co_await run(self, std::move(command));
    } catch (const CommandError& e) {
      unknown = e.failure().has_label(unknown_commit_result);
      failure = std::current_exception();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  unknown ? transaction->unsettled() : transaction->settle();
  if (failure) std::rethrow_exception(failure);
}

awaitable<void> Client::abort(std::shared_ptr<Client> self, std::shared_ptr<Session> session) {
  const std::shared_ptr<MongoSession> transaction = required(self->own(session));
  const MongoSession::State was = transaction->finish(MongoSession::State::aborted);
  if (was == MongoSession::State::running || was == MongoSession::State::doomed) {
    Command command = ending_command(transaction, Ending::abort);
    try {
      co_await run(self, std::move(command));
    } catch (const error&) {  // the server rolls back by itself what it was not told to
    }
  }
  transaction->settle();
}

}  // namespace kinship::mongodb
