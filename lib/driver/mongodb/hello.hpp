// What a server says of itself: the reply to `hello` (or the older isMaster) as plain data.
// Made from bytes once per heartbeat; topologies hold these descriptions.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <kinship/value/bson.hpp>
#include <kinship/value/object_id.hpp>

#include "driver/mongodb/address.hpp"
#include "driver/mongodb/uri_options.hpp"

namespace kinship::mongodb {

/// The range of wire versions this driver speaks: MongoDB 4.2 and later.
inline constexpr int min_wire_version = 8, max_wire_version = 29;

enum class ServerType : std::uint8_t {
  unknown,
  standalone,
  mongos,
  primary,
  secondary,
  arbiter,
  other,  // of a set, but hidden, starting or recovering
  ghost,  // started for a set it does not belong to yet
  load_balancer
};

/// Orders the states of one server process, so that late news can be told from new ones.
struct TopologyVersion {
  ObjectId process{};
  std::int64_t counter{};

  friend bool operator==(const TopologyVersion&, const TopologyVersion&) = default;
};
std::optional<TopologyVersion> read_topology_version(bson::ValueView value);

struct ServerDescription {
  Address address{};
  ServerType type{ServerType::unknown};
  std::string error{};  // why the type is unknown; a sentence

  int min_wire{}, max_wire{};
  std::optional<Address> me{}, primary{};
  std::vector<Address> hosts{}, passives{}, arbiters{};
  std::string set_name{};
  std::optional<std::int64_t> set_version{};
  std::optional<ObjectId> election_id{};
  std::optional<TopologyVersion> topology_version{};
  std::optional<int> logical_session_timeout_minutes{};
  TagSet tags{};
  std::optional<std::int64_t> last_write{};  // milliseconds since the epoch, by the server's clock
  bool read_only{}, hello_ok{};
  std::optional<std::int64_t> connection_id{};
  std::vector<std::string> compression{}, sasl_mechanisms{};

  // Limits, in bytes and items
  int max_document{16 * 1024 * 1024}, max_message{48'000'000}, max_write_batch{100'000};

  // Filled in by the monitor
  std::optional<std::chrono::nanoseconds> round_trip{};  // average; see rtt.hpp
  std::chrono::steady_clock::time_point updated{};

  bool data_bearing() const noexcept;  // primary, secondary, mongos, standalone, load balancer
  bool writable() const noexcept;      // the same without secondaries
  bool in_replica_set() const noexcept { return type >= ServerType::primary && type <= ServerType::other; }
};

/// Of valid BSON; what is missing or has another type is left at its default. A reply that is not ok gives an unknown server
/// with the reason in `error`.
ServerDescription read_hello(Address address, bson::DocumentView reply);

/// A server nothing is known of, because of `error`.
ServerDescription unknown_server(Address address, std::string error = {},
                                 std::optional<TopologyVersion> topology_version = {});

/// Whether nothing changed that events report: everything but round trip, last write, and time of the update.
bool same_state(const ServerDescription& a, const ServerDescription& b);

/// "RSPrimary", "Unknown", ... as the specification writes them, in events and texts.
const char* type_name(ServerType type) noexcept;

}  // namespace kinship::mongodb
