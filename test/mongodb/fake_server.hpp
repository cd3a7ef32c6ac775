// A server for tests of connections: plain blocking sockets on a thread, and a script that says what it answers.
// It answers the first hello of every connection by itself, unless it is told to stay silent.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <kinship/value/bson.hpp>

#include "driver/mongodb/wire.hpp"

namespace kinship::test {

using Bytes = std::vector<std::uint8_t>;

/// What a script may do with one connection after its hello.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}

  /// The next message; empty when the client has gone.
  Bytes receive();
  bool send(const Bytes& bytes, std::size_t piece = SIZE_MAX);
  /// Receives a command and answers it.
  bool answer(const bson::Document& reply, std::size_t piece = SIZE_MAX);

 private:
  int socket_;
};

/// An OP_MSG that answers the request with this id.
Bytes reply_to(std::int32_t request, const bson::Document& body);
std::int32_t id_of(const Bytes& message);
/// The command's name.
std::string name_of(const Bytes& message);

class FakeServer {
 public:
  /// The script gets every connection that is not a monitor's, numbered from 0.
  using Script = std::function<void(Peer&, int number)>;
  explicit FakeServer(Script script, bool greets = true);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;

  std::string uri(const std::string& options = "directConnection=true") const;
  int connections() const { return connections_; }

 private:
  void accept_all();
  void serve(int socket);

  Script script_;
  bool greets_;
  int listener_{-1};
  int port_{};
  std::atomic<int> connections_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace kinship::test
