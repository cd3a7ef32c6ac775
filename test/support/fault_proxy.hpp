// A proxy between a MongoDB client and a server that does to replies what networks do: late, in pieces, cut off, lost.
// What happens to a reply is decided by a script from the command it answers, so that every run is the same.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "support/loopback_server.hpp"

namespace kinship::test {

/// What becomes of one reply.
struct Fault {
  enum class Kind : std::uint8_t { none, cut, swallow, pieces, late };
  Kind kind{};
  std::size_t bytes{};  // cut: so many are sent, then the connection ends; pieces: so many at a time
  int milliseconds{};   // late: by so much

  static Fault cut(std::size_t after) { return {Kind::cut, after, 0}; }
  static Fault swallow() { return {Kind::swallow, 0, 0}; }
  static Fault pieces(std::size_t bytes) { return {Kind::pieces, bytes, 0}; }
  static Fault late(int milliseconds) { return {Kind::late, 0, milliseconds}; }
};

class FaultProxy {
 public:
  /// `number` counts the replies to this command, from 0, over all connections. Called by one thread at a time.
  using Script = std::function<Fault(const std::string& command, int number)>;
  /// Before the server of this URI (its first host).
  FaultProxy(const std::string& server_uri, Script script);
  FaultProxy(const FaultProxy&) = delete;

  /// The server's URI with this proxy in the place of its hosts, a database, and more options.
  std::string uri(const std::string& database, const std::string& options = "") const;
  /// "127.0.0.1:4711"
  std::string address() const { return "127.0.0.1:" + std::to_string(clients_->port()); }
  /// The length of the last reply to this command.
  std::size_t reply_length(const std::string& command) const;
  int connections() const { return connections_; }

 private:
  void relay(int client);
  bool relay_reply(int client, int server, const std::string& command);

  const std::string server_uri_;
  Script script_;
  std::string server_host_, server_port_;
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::map<std::string, int> numbers_;
  std::map<std::string, std::size_t> lengths_;
  std::optional<LoopbackServer> clients_;
};

}  // namespace kinship::test
