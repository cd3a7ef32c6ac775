// One command from its selection of a server to its answer, with the tries in between.
// What is decided about a try is in command_run.hpp.
#include "driver/mongodb/command_run.hpp"

#include <boost/asio/this_coro.hpp>

#include "driver/awaited.hpp"

namespace kinship::mongodb {

static awaitable<Answer> run_kept(std::shared_ptr<Client> client, Command command) {
  co_return co_await Client::run(std::move(client), &command);
}
awaitable<Answer> Client::run(std::shared_ptr<Client> self, Command command) {
  return run_kept(std::move(self), std::move(command));
}

awaitable<Answer> Client::run(std::shared_ptr<Client> self, Command* command) {
  const std::shared_ptr<MongoSession> transaction = self->own(command->context.session);
  const Activity::Token token = self->activity_->begin(transaction != nullptr || command->at_close);
  const auto& timeout = self->uri_->options.timeout;
  if (timeout && timeout->count() > 0 && command->context.deadline == no_deadline)
    command->context.deadline = Clock::now() + *timeout;
  if (transaction && command->ending == Ending::none)
    command->context.deadline = std::min(command->context.deadline, transaction->deadline());
  if (command->context.deadline <= Clock::now()) {
    if (transaction && command->ending == Ending::none) transaction->doom();
    throw NetworkError(errc::timeout, command->name + " was not sent: its deadline had passed");
  }
  std::exception_ptr failure;
  try {
    CommandRun run(*self, *command, transaction.get());
    Answer answer;
    for (;;) {
      std::shared_ptr<Server> server = run.known_server();
      Lease lease;
      if (server) lease = server->pool->try_checkout();
      if (!server || (!lease && server->pool->paused())) {
        try {
          auto selection = self->deployment()->select(run.target(server.get()), command->name, run.selection_deadline());
          server = co_await std::move(selection);
        } catch (const NetworkError& e) {
          if (e.code() != errc::cancelled) run.selection_failed();
          throw;
        }
        lease = server->pool->try_checkout();
      }
      bool sent = false, answered = false;
      try {
        if (!lease) {
          auto checkout = server->pool->checkout(command->name, command->context.deadline);
          lease = co_await std::move(checkout);
        }
        // Apart from what awaits, as the two above: what an expression that awaits holds makes the frame larger.
        const auto exchange = lease->channel->exchange_task(run.request(server, *lease, answer));
        sent = true;
        co_await detail::Awaited(exchange);
        answer.message = std::move(exchange->reply);
        answered = true;
      } catch (const NetworkError& e) {
        run.connection_failed(e, server, lease, sent);
      }
      if (answered && run.silent()) run.silently_sent();
      if (answered && (run.silent() || run.accept(answer, server, lease->generation))) {
        answer.server = std::move(server);
        if (transaction && command->ending == Ending::none && !read_document(answer.body()["writeErrors"]).empty())
          transaction->doom();
        co_return answer;
      }
      lease = Lease();  // others may use it meanwhile
      if (run.pause().count() > 0) {
        const auto pause = std::make_shared<Pause>(self->deadlines(), Clock::now() + run.pause());
        co_await detail::await_operation(pause);
      }
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (transaction && command->ending == Ending::none) transaction->doom();
  std::rethrow_exception(failure);
}

}  // namespace kinship::mongodb
