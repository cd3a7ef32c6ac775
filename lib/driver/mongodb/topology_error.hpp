// What an operation's or a handshake's failure means for the topology and for the server's pool.
// Late errors, of connections or states that are gone already, mean nothing.
#pragma once

#include <cstdint>
#include <string>

#include "driver/mongodb/server_error.hpp"
#include "driver/mongodb/topology.hpp"

namespace kinship::mongodb {

struct OperationFailure {
  enum class Kind : std::uint8_t {
    network,  // reset, refused, end of file, TLS
    timeout,  // nothing came in time
    reply     // the server answered with an error
  };

  Address address{};
  Kind kind{Kind::network};
  std::uint64_t generation{};  // of the pool, when the connection was made
  bool handshake_done{true};   // false: in connecting, hello or authentication
  bool overloaded{};           // it carries the label SystemOverloadedError (connecting to a server that has too much to do)
  bson::DocumentView reply{};  // of Kind::reply
  std::string text{};          // a sentence, for the server's description
};

struct Verdict {
  bool mark_unknown{};  // apply(topology, unknown_server(address, text, topology_version))
  bool clear_pool{};    // raise its generation: connections of older ones are closed
  bool check_now{};     // wake the server's monitor
  std::string text{};
  std::optional<TopologyVersion> topology_version{};
};

/// `pool_generation` is the server's pool's now.
Verdict judge(const TopologyDescription& topology, std::uint64_t pool_generation, const OperationFailure& failure);

}  // namespace kinship::mongodb
