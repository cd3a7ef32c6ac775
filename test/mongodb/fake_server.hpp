// A server for tests of connections: plain blocking sockets on a thread, and a script that says what it answers.
// It answers the first hello of every connection by itself, unless it is told to stay silent.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <kinship/value/bson.hpp>

#include "driver/mongodb/wire.hpp"
#include "support/loopback_server.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace kinship::test {

using Bytes = std::vector<std::uint8_t>;

/// What a script may do with one connection after its hello.
class Peer {
 public:
  /// `tls`: null for plain TCP.
  explicit Peer(int socket, ssl_st* tls = nullptr) : socket_(socket), tls_(tls) {}

  /// The next message; empty when the client has gone.
  Bytes receive();
  /// The same, and it stays the next one.
  const Bytes& look();
  bool send(const Bytes& bytes, std::size_t piece = SIZE_MAX);
  /// Receives a command and answers it.
  bool answer(const bson::Document& reply, std::size_t piece = SIZE_MAX);
  /// Bytes as they come; 0 or less at the end.
  long read_some(std::uint8_t* at, std::size_t most);
  /// Says goodbye.
  void close();

 private:
  bool read_whole(std::uint8_t* at, std::size_t size);
  Bytes read_message();

  int socket_;
  ssl_st* tls_;
  Bytes next_{};
};

/// An OP_MSG that answers the request with this id.
Bytes reply_to(std::int32_t request, const bson::Document& body);
/// The reply to a find: one document.
bson::Document cursor_of(int id);
std::int32_t id_of(const Bytes& message);
/// The command, or its name.
bson::DocumentView command_of(const Bytes& message);
std::string name_of(const Bytes& message);

/// How a fake server listens and greets.
struct FakeOptions {
  bool greets{true};
  bool ipv6{};  // on ::1
  /// More fields for the reply to a hello.
  std::function<bson::Document(bson::DocumentView hello)> more_in_hello{};
  /// Speaks TLS with the certificate and key in this file.
  std::string certificate{};
  int tls_version{};  // the only one it speaks; 0: 1.2 and 1.3
  /// Asks for certificates and does not say which sessions they go with, so that OpenSSL refuses whoever takes one up.
  bool chokes_on_sessions{};
};

class FakeServer {
 public:
  /// The script gets every connection that is not a monitor's, numbered from 0.
  using Script = std::function<void(Peer&, int number)>;
  explicit FakeServer(Script script, bool greets = true);
  FakeServer(Script script, FakeOptions options);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;

  std::string uri(const std::string& options = "directConnection=true", const std::string& credential = "") const;
  int port() const;
  int connections() const { return connections_; }
  /// TLS handshakes that were whole ones, and those that took up an earlier session; monitors' and all.
  int whole_handshakes() const { return whole_; }
  int resumed_handshakes() const { return resumed_; }
  int failed_handshakes() const { return failed_; }

 private:
  void serve(int socket);
  void serve(Peer& peer);

  Script script_;
  FakeOptions options_;
  ssl_ctx_st* tls_{};
  std::atomic<int> connections_{0}, whole_{0}, resumed_{0}, failed_{0};
  std::optional<LoopbackServer> clients_;
};

}  // namespace kinship::test
