// The life of a client: begun, verified, closed, dropped; and the work it does that nobody waits for.
// Commands are run in command_run.cpp, transactions ended in client_transactions.cpp.
#include "driver/mongodb/client.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/command_fields.hpp"
#include "driver/mongodb/home.hpp"

namespace kinship::mongodb {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

/// For what nobody waits for: long enough for a slow server, short enough not to pile up.
constexpr std::chrono::seconds background_limit(10);

OperationContext background_context() {
  OperationContext context;
  context.deadline = Clock::now() + background_limit;
  return context;
}

// Best effort: the server forgets by itself what it was not told to.
awaitable<void> run_quietly(std::shared_ptr<Client> client, Command command, SessionLease session) {
  command.session = session.get();
  try {
    co_await Client::run(std::move(client), std::move(command));
  } catch (const error&) {
  }
}

}  // namespace

Client::Client(asio::any_io_executor executor, MongoUri uri)
    : executor_(executor),
      uri_(std::make_shared<MongoUri>(std::move(uri))),
      database_(uri_->database.empty() ? "test" : uri_->database),
      deadlines_(std::make_shared<Deadlines>(executor)),
      dialer_(std::make_shared<Dialer>(executor, deadlines_, uri_)),
      sessions_(std::make_shared<ServerSessionPool>()),
      activity_(std::make_shared<Activity>()) {}

Client::~Client() { loop_gone(); }  // threads off the loop may hold the deadlines a moment longer than the loop lives

awaitable<void> Client::prepare(std::shared_ptr<Client> self) { co_await Dialer::prepare(self->dialer_); }

void Client::start() {
  deployment_ = std::make_shared<Deployment>(dialer_, weak_from_this(), listener_);
  home_of(executor_).add(weak_from_this());
  deployment_->start();
}

void Client::watch_srv(SrvSettings settings, std::chrono::seconds time_to_live) {
  srv_ = std::make_shared<SrvWatch>(executor_, deadlines_, uri_, std::move(settings), deployment_);
  srv_->start(time_to_live);
}

awaitable<void> Client::verify(std::shared_ptr<Client> self) {
  Target target;
  target.writes = false;
  target.read = read_selector(*self->uri_, OperationContext());
  const std::shared_ptr<Server> server = co_await self->deployment_->select(std::move(target), "connect", no_deadline);
  const Lease lease = co_await server->pool->checkout("connect", no_deadline);
}

void Client::spawn(awaitable<void> task) { asio::co_spawn(executor_, std::move(task), asio::detached); }

void Client::kill_cursor(std::shared_ptr<Server> server, std::string database, std::string collection, std::int64_t id,
                         SessionLease session, Clock::duration budget) {
  if (activity_->is_closed()) return;
  bson::Builder body;
  body.append_string("killCursors", collection).begin_array("cursors").append_int64("", id).end();
  Command command;
  command.name = "killCursors";
  command.collection = std::move(collection);
  command.database = std::move(database);
  command.body = body.finish();
  command.context = background_context();
  command.time_limit = budget.count() > 0;
  if (command.time_limit) command.context.deadline = Clock::now() + budget;
  command.server = std::move(server);
  spawn(run_quietly(shared_from_this(), std::move(command), std::move(session)));
}

void Client::abandon(SessionLease session, std::shared_ptr<Server> server) {
  if (activity_->is_closed()) return;
  bson::Builder body;
  body.append_int32("abortTransaction", 1).append_int64("txnNumber", session->txn_number).append_bool("autocommit", false);
  Command command;
  command.name = "abortTransaction";
  command.database = "admin";
  command.body = body.finish();
  command.context = background_context();
  command.writes = true;
  command.time_limit = false;
  command.server = std::move(server);
  spawn(run_quietly(shared_from_this(), std::move(command), std::move(session)));
}

void Client::late_reply(const std::shared_ptr<Server>& server, const Message& reply) {
  const bson::DocumentView cursor = read_document(reply.body()["cursor"]);
  const std::int64_t id = read_integer(cursor["id"]).value_or(0);
  const std::string_view space = read_text(cursor["ns"]);
  const auto dot = space.find('.');
  if (id == 0 || dot == std::string_view::npos) return;
  kill_cursor(server, std::string(space.substr(0, dot)), std::string(space.substr(dot + 1)), id, SessionLease());
}

static awaitable<void> end_sessions(std::shared_ptr<Client> client, Deadline deadline) {
  const std::vector<bson::Document> bodies = client->sessions()->end_commands();
  for (const bson::Document& body : bodies) {
    Command command;
    command.name = "endSessions";
    command.database = "admin";
    command.body = body;
    command.context.deadline = std::min(deadline, Clock::now() + std::chrono::seconds(1));
    command.at_close = true;
    command.time_limit = false;
    command.server = client->deployment()->try_select(*client->deployment()->view(), Target());
    if (!command.server) co_return;
    try {
      co_await Client::run(client, std::move(command));
    } catch (const error&) {
      co_return;
    }
  }
}

awaitable<void> Client::close(std::shared_ptr<Client> self, Deadline deadline) {
  const auto pause = std::make_shared<Pause>(self->deadlines_, deadline);
  self->activity_->close(pause);
  co_await detail::await_operation(pause);
  if (pause->result() == Pause::End::woken && !self->activity_->is_closed()) co_await end_sessions(self, deadline);
  self->drop();
}

void Client::drop() {
  activity_->closed();
  if (srv_) srv_->stop();
  if (deployment_) deployment_->stop();
  dialer_->stop();
}

void Client::tried_again(const TriedAgain& what) noexcept {
  retries_.fetch_add(1, std::memory_order_relaxed);
  if (listener_ && listener_->hears(EventListener::retries)) listener_->retry(what);
}

void Client::loop_gone() {
  if (listener_) listener_->loop_gone();
  drop();
  deadlines_->stop();
}

}  // namespace kinship::mongodb
