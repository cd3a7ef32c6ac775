// What a client tells a listener about its commands, its connections and its servers, by the specifications "Command
// Monitoring", "Connection Monitoring and Pooling" and "SDAM Monitoring". A client without a listener spends nothing on it
// but looking whether there is one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <kinship/value/bson.hpp>

#include "driver/mongodb/address.hpp"

namespace kinship::mongodb {

struct TopologyDescription;
struct TopologyChange;

/// Views: whoever wants to keep something copies it.
struct CommandEvent {
  enum class Kind : std::uint8_t { started, succeeded, failed };

  Kind kind{};
  std::string_view name{}, database{};
  bson::DocumentView body{};   // the command as it was sent; its reply; of a failure the reply, if one came
  std::string_view failure{};  // a sentence
  std::int32_t request_id{};   // as on the wire; the same for a command's start and end
  const Address* server{};
  std::uint64_t connection{};                       // of its pool, from 1
  std::optional<std::int64_t> server_connection{};  // what the server calls it
  std::chrono::nanoseconds duration{};              // of what has ended
};

struct PoolEvent {
  enum class Kind : std::uint8_t {
    pool_created,
    pool_ready,
    pool_cleared,
    pool_closed,
    connection_created,
    connection_ready,
    connection_closed,
    check_out_started,
    check_out_failed,
    checked_out,
    checked_in
  };

  Kind kind{};
  const Address* server{};
  std::uint64_t connection{};  // 0: it speaks of none
  std::string_view reason{};   // of what was closed or failed: "stale", "idle", "error", "poolClosed", "timeout", ...
};

/// Events of servers and of the topology are made of what is different (topology_change.hpp). In order.
struct TopologyEvent {
  const TopologyDescription* before{};
  const TopologyDescription* after{};
  const TopologyChange* change{};
};

/// Called from whichever thread it happens on, of pools and the topology with their lock held: it takes note and returns. It
/// must not throw and not call the client.
class EventListener {
 public:
  virtual ~EventListener() = default;
  virtual void command(const CommandEvent& event) noexcept = 0;
  virtual void pool(const PoolEvent& event) noexcept = 0;
  virtual void topology(const TopologyEvent&) noexcept {}
};

}  // namespace kinship::mongodb
