// Sockets are shut down first, so that whoever waits in one leaves it, and closed when nobody can use them any more.
// A closed descriptor would be given to somebody else.
#include "support/loopback_server.hpp"

#include <unistd.h>

#include "support/loopback.hpp"

namespace kinship::test {
namespace {

int bind_to_ipv6(int socket) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket, generic, size) != 0 || ::getsockname(socket, generic, &size) != 0)
    throw std::runtime_error("no port of ::1 is free");
  return ntohs(address.sin6_port);
}

}  // namespace

LoopbackServer::LoopbackServer(Serve serve, bool ipv6)
    : serve_(std::move(serve)), listener_(::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  port_ = ipv6 ? bind_to_ipv6(listener_) : bind_to_loopback(listener_);
  if (::listen(listener_, 64) != 0) throw std::runtime_error("a server on the loopback cannot listen");
  acceptor_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
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

void LoopbackServer::keep(int socket) {
  const std::lock_guard lock(mutex_);
  sockets_.push_back(socket);
}

void LoopbackServer::accept_all() {
  while (!stopping_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve_(socket); });
  }
}

}  // namespace kinship::test
