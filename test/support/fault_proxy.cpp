// A thread for each connection: a message from the client goes to the server whole, its reply comes back as the script says.
// Single bytes are sent with Nagle's algorithm off, so that they also arrive as such.
#include "support/fault_proxy.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "driver/mongodb/wire.hpp"
#include "support/mongodb_uri.hpp"

namespace kinship::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

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

bool send_whole(int socket, const Bytes& bytes, std::size_t most, std::size_t piece = SIZE_MAX) {
  most = std::min(most, bytes.size());
  for (std::size_t at = 0; at < most;) {
    const auto count = ::send(socket, bytes.data() + at, std::min(piece, most - at), MSG_NOSIGNAL);
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
  }
  return true;
}

std::string name_of(const Bytes& message) {
  const auto body = mongodb::parse_message(message.data(), message.size()).body;
  return body.empty() ? "" : std::string(body.begin()->name);
}

void at_once(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int connect_to(const std::string& host, const std::string& port) {
  addrinfo hints{}, *list = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &list) != 0) return -1;
  const int socket = ::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(socket, list->ai_addr, list->ai_addrlen) == 0;
  ::freeaddrinfo(list);
  if (connected) return at_once(socket), socket;
  ::close(socket);
  return -1;
}

// Where the hosts of a URI are.
std::pair<std::size_t, std::size_t> hosts_in(const std::string& uri) {
  const std::size_t authority = uri.find("://") + 3, end = std::min(uri.find('/', authority), uri.size());
  const std::size_t user = uri.rfind('@', end);
  return {user == std::string::npos || user < authority ? authority : user + 1, end};
}

}  // namespace

FaultProxy::FaultProxy(const std::string& server_uri, Script script) : server_uri_(server_uri), script_(std::move(script)) {
  const auto [begin, end] = hosts_in(server_uri_);
  const std::string hosts = server_uri_.substr(begin, end - begin), first = hosts.substr(0, hosts.find(','));
  server_host_ = first.substr(0, first.rfind(':'));
  server_port_ = first.find(':') == std::string::npos ? "27017" : first.substr(first.rfind(':') + 1);
  clients_.emplace([this](int socket) { relay(socket); });
}

std::string FaultProxy::uri(const std::string& database, const std::string& options) const {
  const auto [begin, end] = hosts_in(server_uri_);
  std::string uri = server_uri_;
  uri.replace(begin, end - begin, address());
  return with_database(uri, database, "directConnection=true" + (options.empty() ? options : "&" + options));
}

std::size_t FaultProxy::reply_length(const std::string& command) const {
  const std::lock_guard lock(mutex_);
  const auto found = lengths_.find(command);
  return found == lengths_.end() ? 0 : found->second;
}

void FaultProxy::relay(int client) {
  at_once(client);
  ++connections_;
  const int server = connect_to(server_host_, server_port_);
  if (server >= 0) clients_->keep(server);
  std::string command;
  while (server >= 0 && !clients_->stopping()) {
    pollfd ready[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) break;
    if (ready[1].revents != 0) {
      if (!relay_reply(client, server, command)) break;
      continue;
    }
    const Bytes request = read_message(client);
    if (request.empty()) break;
    command = name_of(request);
    if (!send_whole(server, request, SIZE_MAX)) break;
  }
  ::shutdown(client, SHUT_RDWR);
  if (server >= 0) ::shutdown(server, SHUT_RDWR);
}

bool FaultProxy::relay_reply(int client, int server, const std::string& command) {
  const Bytes reply = read_message(server);
  if (reply.empty()) return false;
  Fault fault;
  {
    const std::lock_guard lock(mutex_);
    lengths_[command] = reply.size();
    fault = script_(command, numbers_[command]++);
  }
  switch (fault.kind) {
    case Fault::Kind::none:
      return send_whole(client, reply, SIZE_MAX);
    case Fault::Kind::cut:
      send_whole(client, reply, fault.bytes);
      return false;
    case Fault::Kind::swallow:
      return true;
    case Fault::Kind::pieces:
      return send_whole(client, reply, SIZE_MAX, fault.bytes);
    case Fault::Kind::late: {
      pollfd gone{client, 0, 0};  // until it is time, or the client has gone
      ::poll(&gone, 1, fault.milliseconds);
      return send_whole(client, reply, SIZE_MAX);
    }
  }
  return false;
}

}  // namespace kinship::test
