// See fake_server.hpp.
// A connection whose second message is another hello is a monitor's: it is answered for ever and never given to the script.
#include "mongodb/fake_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "support/bson.hpp"

namespace kinship::test {
namespace {

bson::Document hello_reply() {
  return doc("ismaster", true, "helloOk", true, "maxBsonObjectSize", 16'777'216, "maxMessageSizeBytes", 48'000'000,
             "maxWriteBatchSize", 100'000, "minWireVersion", 0, "maxWireVersion", 21, "readOnly", false, "ok", 1.0);
}

bool read_whole(int socket, std::uint8_t* at, std::size_t size) {
  while (size > 0) {
    const auto count = ::recv(socket, at, size, 0);
    if (count <= 0) return false;
    at += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

Bytes read_message(int socket) {
  Bytes bytes(mongodb::header_size);
  if (!read_whole(socket, bytes.data(), bytes.size())) return {};
  bytes.resize(static_cast<std::size_t>(mongodb::read_header(bytes.data()).length));
  if (!read_whole(socket, bytes.data() + mongodb::header_size, bytes.size() - mongodb::header_size)) return {};
  return bytes;
}

bool is_hello(const Bytes& message) {
  const std::string name = name_of(message);
  return name == "hello" || name == "isMaster";
}

// As the request came: an OP_REPLY to an OP_QUERY.
Bytes greeting(const Bytes& request) {
  Bytes message = reply_to(id_of(request), hello_reply());
  if (mongodb::read_header(request.data()).opcode == mongodb::op_msg) return message;
  const bson::Document body = hello_reply();
  Bytes legacy(mongodb::header_size + 20);
  legacy[mongodb::header_size + 16] = 1;
  legacy.insert(legacy.end(), body.bytes().begin(), body.bytes().end());
  const std::int32_t fields[] = {static_cast<std::int32_t>(legacy.size()), 1, id_of(request), mongodb::op_reply};
  std::memcpy(legacy.data(), fields, sizeof fields);
  return legacy;
}

}  // namespace

Bytes reply_to(std::int32_t request, const bson::Document& body) {
  Bytes bytes = mongodb::make_message(0, body, bson::Document());
  std::memcpy(bytes.data() + 8, &request, 4);
  return bytes;
}

std::int32_t id_of(const Bytes& message) { return mongodb::read_header(message.data()).request_id; }

std::string name_of(const Bytes& message) {
  const auto body = mongodb::parse_message(message.data(), message.size()).body;
  return body.empty() ? "" : std::string(body.begin()->name);
}

Bytes Peer::receive() { return read_message(socket_); }

bool Peer::send(const Bytes& bytes, std::size_t piece) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto count = ::send(socket_, bytes.data() + at, std::min(piece, bytes.size() - at), MSG_NOSIGNAL);
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
  }
  return true;
}

bool Peer::answer(const bson::Document& reply, std::size_t piece) {
  const Bytes request = receive();
  return !request.empty() && send(reply_to(id_of(request), reply), piece);
}

FakeServer::FakeServer(Script script, bool greets) : script_(std::move(script)), greets_(greets) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the fake server cannot listen");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

FakeServer::~FakeServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  for (const int socket : sockets_) ::close(socket);
  ::close(listener_);
}

std::string FakeServer::uri(const std::string& options) const {
  return "mongodb://127.0.0.1:" + std::to_string(port_) + "/test?" + options;
}

void FakeServer::accept_all() {
  while (!stopping_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void FakeServer::serve(int socket) {
  Peer peer(socket);
  const Bytes hello = peer.receive();
  if (hello.empty() || !greets_ || !peer.send(greeting(hello))) return;
  // Looks at what comes without taking it: a script receives its own messages.
  Bytes head(mongodb::header_size);
  if (::recv(socket, head.data(), head.size(), MSG_PEEK | MSG_WAITALL) != static_cast<ssize_t>(head.size())) return;
  Bytes next(static_cast<std::size_t>(mongodb::read_header(head.data()).length));
  if (::recv(socket, next.data(), next.size(), MSG_PEEK | MSG_WAITALL) != static_cast<ssize_t>(next.size())) return;
  if (is_hello(next)) {
    for (Bytes again = peer.receive(); !again.empty() && peer.send(greeting(again)); again = peer.receive()) {
    }
    return;
  }
  script_(peer, connections_++);
  ::shutdown(socket, SHUT_RDWR);
}

}  // namespace kinship::test
