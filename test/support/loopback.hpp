// Addresses of the loopback for tests that speak to sockets themselves.
// Failing here is the machine's fault, not what is tested: it throws.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>

#include <stdexcept>

namespace kinship::test {

inline sockaddr_in loopback(int port = 0) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

/// The port the socket got; of several sockets, that of the first may be asked for again. 0: it is taken.
inline int try_bind_to_loopback(int socket, int port = 0) {
  sockaddr_in address = loopback(port);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0;
  return bound ? ntohs(address.sin_port) : 0;
}

inline int bind_to_loopback(int socket) {
  const int port = try_bind_to_loopback(socket);
  if (port == 0) throw std::runtime_error("no port on the loopback is free");
  return port;
}

inline bool connect_to_loopback(int socket, int port) {
  const sockaddr_in address = loopback(port);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace kinship::test
