// Logs a fresh connection in. The first message of the conversation rides in hello, so that it costs one round trip less;
// what hello did not settle is done right after it, within the deadline of connecting.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "driver/mongodb/authentication.hpp"
#include "driver/mongodb/connection.hpp"

namespace kinship::mongodb {

class LogIn : public std::enable_shared_from_this<LogIn> {
 public:
  /// `keys` is the client's.
  LogIn(Credential credential, std::shared_ptr<ScramKeyCache> keys, std::shared_ptr<Deadlines> deadlines);

  /// Appends what hello asks on behalf of this log-in.
  void append_to_hello(bson::Builder& hello) const;
  /// `hello` is the reply to it. Throws `unauthorized` with host and mechanism, never with what is secret; NetworkError.
  awaitable<void> run(std::shared_ptr<Connection> connection, Message hello, Deadline deadline);

 private:
  struct Step;

  static awaitable<void> run_of(std::shared_ptr<LogIn> self, std::shared_ptr<Connection> connection, Message hello,
                                Deadline deadline);
  static awaitable<void> converse(std::shared_ptr<LogIn> self, Step step, Message hello);
  static awaitable<void> scram(std::shared_ptr<LogIn> self, Step step, Message hello);
  static awaitable<ScramKeys> keys_for(std::shared_ptr<LogIn> self, Step step, ScramKeyRequest request);
  static awaitable<Message> ask(std::shared_ptr<LogIn> self, Step step, std::string operation, bson::Document command);
  std::string mechanism() const;
  [[noreturn]] void refused(const Connection& connection, bson::DocumentView reply) const;

  const Credential credential_;
  const std::shared_ptr<ScramKeyCache> keys_;
  const std::shared_ptr<Deadlines> deadlines_;
  std::optional<ScramConversation> conversation_{};
};

}  // namespace kinship::mongodb
