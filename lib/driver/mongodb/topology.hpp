// What is known of a deployment at one moment, and how news of one server change it: snapshots in, snapshots out, no I/O.
// Whoever holds a snapshot (through shared_ptr<const>) may read it on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "driver/mongodb/hello.hpp"
#include "driver/mongodb/uri.hpp"

namespace kinship::mongodb {

enum class TopologyType : std::uint8_t {
  unknown,
  single,
  sharded,
  replica_set_no_primary,
  replica_set_with_primary,
  load_balanced
};
/// "ReplicaSetWithPrimary", ... as the specification writes them.
const char* type_name(TopologyType type) noexcept;

struct TopologyDescription {
  TopologyType type{TopologyType::unknown};
  std::string set_name{};  // "": not known yet, and none was asked for
  std::optional<std::int64_t> max_set_version{};
  std::optional<ObjectId> max_election_id{};
  std::vector<ServerDescription> servers{};  // by address; what is monitored
  std::size_t seeds{};                       // how many hosts the client was given
  std::string dropped{};                     // a sentence: why a server was left out last, for the case that none is left
  std::string incompatible{};  // a sentence, if a server speaks none of our wire versions: then nothing is selected
  std::optional<int> logical_session_timeout_minutes{};  // the least of the data-bearing servers; none: no sessions

  const ServerDescription* find(const Address& address) const noexcept;
  const ServerDescription* primary() const noexcept;
  bool replica_set() const noexcept {
    return type == TopologyType::replica_set_no_primary || type == TopologyType::replica_set_with_primary;
  }
  /// One line for error texts: the type, and each server with its state and why it is unknown.
  std::string text() const;
};

/// Before any server was asked: every host unknown. `uri.hosts` are the servers (of a mongodb+srv URI: already looked up).
TopologyDescription initial_topology(const MongoUri& uri);

/// The topology after `server` was heard of (or was marked unknown). Servers that are not part of it, and news older than
/// what is known, change nothing. Servers may come and go: compare addresses to know whom to monitor.
TopologyDescription apply(TopologyDescription topology, ServerDescription server);

/// Whether news that carry `candidate` are older than what `current` says. Of the same process only; unknown is never older.
/// `or_equal` for errors, where the same version is old news, too.
bool is_stale(const std::optional<TopologyVersion>& current, const std::optional<TopologyVersion>& candidate,
              bool or_equal) noexcept;

/// The new hosts of a mongodb+srv name: those that are gone are dropped, new ones are added unknown, at most `max_hosts` (0:
/// all). For topologies that are unknown or sharded; others are left as they are.
TopologyDescription apply_seeds(TopologyDescription topology, std::vector<Address> hosts, std::size_t max_hosts = 0);

}  // namespace kinship::mongodb
