// A connection ready for commands: a channel after its handshake, what the server said of itself then, and where it belongs.
// Retries and limits go by this description, not by what the topology says by now.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "driver/mongodb/channel.hpp"
#include "driver/mongodb/hello.hpp"

namespace kinship::mongodb {

struct Connection {
  std::shared_ptr<Channel> channel{};
  ServerDescription server{};
  std::uint64_t number{};                              // in its pool, from 1
  std::uint64_t generation{};                          // of its pool, when it was begun
  std::chrono::steady_clock::time_point idle_since{};  // guarded by the pool
  std::size_t place{};                                 // in the pool's list; guarded by the pool
};

}  // namespace kinship::mongodb
