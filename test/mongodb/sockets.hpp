// What tests of connections need of sockets and names: which of this process's sockets go where, and a resolver that knows
// one name.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <vector>

#include "driver/mongodb/resolver.hpp"

namespace kinship::test {

/// This process's sockets that are connected to a port of 127.0.0.1.
inline std::vector<int> sockets_to(int port) {
  std::vector<int> found;
  for (int socket = 0; socket < 1024; ++socket) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_family == AF_INET &&
        ntohs(peer.sin_port) == port)
      found.push_back(socket);
  }
  return found;
}

class FixedResolver final : public mongodb::Resolver {
 public:
  FixedResolver(std::shared_ptr<mongodb::Deadlines> deadlines, mongodb::Endpoints endpoints)
      : Resolver(std::move(deadlines)), endpoints_(std::move(endpoints)) {}

  awaitable<mongodb::Endpoints> resolve(mongodb::Address, Deadline) override { return known(endpoints_); }

 private:
  static awaitable<mongodb::Endpoints> known(mongodb::Endpoints endpoints) { co_return endpoints; }
  mongodb::Endpoints endpoints_;
};

}  // namespace kinship::test
