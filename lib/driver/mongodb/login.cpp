// The conversation of each mechanism, step by step. A server that ends it before it has proved that it knows the password
// is refused. Texts name host and mechanism; what servers answer to a log-in is not repeated, some quote what they were
// sent.
#include "driver/mongodb/login.hpp"

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/off_loop.hpp"
#include "driver/mongodb/refuse.hpp"
#include "driver/mongodb/server_error.hpp"

namespace kinship::mongodb {

/// What every step of one run needs.
struct LogIn::Step {
  Step(std::shared_ptr<Connection> to, Deadline until) : connection(std::move(to)), deadline(until) {}

  std::shared_ptr<Connection> connection;
  Deadline deadline;
};

namespace {

[[noreturn]] void ended_early() {
  refuse(errc::unauthorized, "the server ended the conversation before it proved that it knows the password",
         "authenticate");
}

[[noreturn]] void not_ended() {
  refuse(errc::unauthorized, "the server does not end the conversation; is it a MongoDB server?", "authenticate");
}

// Codes that say nothing about user or password.
bool is_about_the_server(const ServerError& failure) {
  return is_not_primary(failure) || is_recovering(failure) || is_shutting_down(failure);
}

}  // namespace

LogIn::LogIn(Credential credential, std::shared_ptr<ScramKeyCache> keys, std::shared_ptr<Deadlines> deadlines)
    : credential_(std::move(credential)), keys_(std::move(keys)), deadlines_(std::move(deadlines)) {
  // Nothing is known of the server yet: the stronger hash, unless the other one is asked for.
  if (credential_.scram())
    conversation_.emplace(credential_.mechanism == "SCRAM-SHA-1" ? ScramHash::sha1 : ScramHash::sha256, credential_);
}

void LogIn::append_to_hello(bson::Builder& hello) const {
  if (const auto question = mechanisms_question(credential_)) hello.append_string("saslSupportedMechs", *question);
  if (const auto first = speculative_authentication(credential_, conversation_ ? &*conversation_ : nullptr))
    hello.append("speculativeAuthenticate", *first);
}

awaitable<void> LogIn::run(std::shared_ptr<Connection> connection, Message hello, Deadline deadline) {
  return run_of(shared_from_this(), std::move(connection), std::move(hello), deadline);
}

awaitable<void> LogIn::run_of(std::shared_ptr<LogIn> self, std::shared_ptr<Connection> connection, Message hello,
                              Deadline deadline) {
  if (connection->server.type == ServerType::arbiter) co_return;  // they know no users
  Step step(connection, deadline);
  try {
    co_await converse(self, std::move(step), std::move(hello));
  } catch (const NetworkError&) {
    throw;
  } catch (const error& e) {
    const std::string where = "log-in on " + connection->server.address.text() + " with " + self->mechanism();
    if (e.sentence().starts_with(where)) throw;
    throw error(static_cast<errc>(e.code().value()), where + ": " + e.sentence(), e.context());
  }
}

std::string LogIn::mechanism() const {
  return conversation_ ? mechanism_name(conversation_->hash()) : credential_.mechanism;
}

awaitable<void> LogIn::converse(std::shared_ptr<LogIn> self, Step step, Message hello) {
  if (self->credential_.scram()) {
    co_await scram(self, std::move(step), std::move(hello));
    co_return;
  }
  if (self->credential_.mechanism == "MONGODB-X509") {
    if (hello.body()["speculativeAuthenticate"].is(bson::Type::document)) co_return;
    bson::Document command = authenticate_x509(self->credential_);
    co_await ask(self, std::move(step), "authenticate", std::move(command));
    co_return;
  }
  bson::Document command = sasl_start(self->credential_.mechanism, plain_payload(self->credential_));
  const Message reply = co_await ask(self, std::move(step), "saslStart", std::move(command));
  if (!read_sasl_reply(reply.body()).done) not_ended();
}

awaitable<void> LogIn::scram(std::shared_ptr<LogIn> self, Step step, Message hello) {
  auto& conversation = self->conversation_;
  Message reply;
  bson::DocumentView body = read_document(hello.body()["speculativeAuthenticate"]);
  if (body.empty()) {
    const ScramHash hash = choose_scram(self->credential_, step.connection->server.sasl_mechanisms);
    conversation.emplace(hash, self->credential_);
    bson::Document start = sasl_start(mechanism_name(hash), conversation->client_first());
    reply = co_await ask(self, step, "saslStart", std::move(start));
    body = reply.body();
  }
  const SaslReply first = read_sasl_reply(body);
  if (first.done) ended_early();
  ScramKeyRequest request = conversation->read_server_first(first.payload);
  const ScramKeys keys = co_await keys_for(self, step, std::move(request));
  bson::Document proof = sasl_continue(first.conversation, conversation->client_final(keys));
  const Message last = co_await ask(self, step, "saslContinue", std::move(proof));
  const SaslReply second = read_sasl_reply(last.body());
  conversation->check_server_final(second.payload);
  if (second.done) co_return;
  bson::Document nothing = sasl_continue(first.conversation, "");  // a server that does not skip the empty exchange
  const Message end = co_await ask(self, step, "saslContinue", std::move(nothing));
  if (!read_sasl_reply(end.body()).done) not_ended();
}

awaitable<ScramKeys> LogIn::keys_for(std::shared_ptr<LogIn> self, Step step, ScramKeyRequest request) {
  if (auto known = self->keys_->find(request)) co_return *std::move(known);
  const auto made = std::make_shared<ScramKeys>();
  OffLoop::Work work = [made, request] { *made = derive_scram_keys(request); };
  const auto thread = OffLoop::begin(std::move(work), OffLoop::AtExit::wait);
  const std::string where = "log-in on " + step.connection->server.address.text() + " with " + self->mechanism();
  OffLoop::Texts texts;
  texts.cancelled = where + " was cancelled";
  texts.late = where + ": the keys were not computed from the password in time; raise connectTimeoutMS";
  co_await thread->wait(self->deadlines_, std::move(texts), step.deadline);
  self->keys_->store(std::move(request), *made);
  co_return *made;
}

awaitable<Message> LogIn::ask(std::shared_ptr<LogIn> self, Step step, std::string operation, bson::Document command) {
  bson::Builder more;
  const bson::Document database = more.append_string("$db", self->credential_.source).finish();
  Request request;
  request.operation = std::move(operation);
  request.deadline = step.deadline;
  request.bytes = make_message(0, command, database);
  Message reply = co_await step.connection->channel->exchange(std::move(request));
  if (!read_bool(reply.body()["ok"])) self->refused(*step.connection, reply.body());
  co_return reply;
}

void LogIn::refused(const Connection& connection, bson::DocumentView reply) const {
  const ServerError failure = read_error(reply).value_or(ServerError());
  const std::string code = failure.code_name.empty() ? "code " + std::to_string(failure.code) : failure.code_name;
  ErrorContext context;
  context.operation = "connect";
  context.store_code = failure.code;
  std::string text =
      "log-in on " + connection.server.address.text() + " with " + mechanism() + " was refused (" + code + ")";
  if (is_about_the_server(failure)) throw NetworkError(errc::unavailable, text + ": try again", std::move(context));
  if (failure.code == 334)
    text += ": the server does not offer it, to this user at least; leave out authMechanism";
  else if (credential_.mechanism == "MONGODB-X509")
    text += ": the server knows no user by the subject of the certificate in tlsCertificateKeyFile; create one in $external";
  else
    text += ": user name or password is wrong, or the user is not one of the database " + credential_.source +
            "; check them, and authSource";
  throw error(errc::unauthorized, std::move(text), std::move(context));
}

}  // namespace kinship::mongodb
