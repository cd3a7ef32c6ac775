// What a client tells a listener about its commands, its connections and its servers, by the specifications "Command
// Monitoring", "Connection Monitoring and Pooling" and "SDAM Monitoring". A client without a listener spends nothing on it
// but looking whether there is one. What users hear of it is made of this by announcer.hpp.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <kinship/value/bson.hpp>

#include "driver/mongodb/address.hpp"

namespace kinship::mongodb {

struct ServerDescription;
struct ServerError;
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

/// A command that failed is sent again.
struct TriedAgain {
  std::string_view operation{}, collection{};
  int attempt{};            // the number of the try that comes: 2, ...
  const Address* server{};  // where it failed
  const ServerError* failure{};
  std::chrono::milliseconds pause{};  // before that try
};

/// Called from whichever thread it happens on, of pools and the topology with their lock held: it takes note and returns. It
/// must not throw and not call the client.
class EventListener {
 public:
  enum Part : unsigned { commands = 2, pools = 4, servers = 8, retries = 16 };

  virtual ~EventListener() = default;
  /// Whether it wants to be told of that now; others spare themselves the trouble.
  bool hears(Part part) const noexcept { return (parts_.load(std::memory_order_relaxed) & part) != 0; }

  virtual void command(const CommandEvent& event) noexcept = 0;
  virtual void pool(const PoolEvent& event) noexcept = 0;
  virtual void topology(const TopologyEvent&) noexcept {}
  /// What a monitor heard; unknown: it heard nothing, for the reason in `error`. Without a lock.
  virtual void heartbeat(const ServerDescription&) noexcept {}
  virtual void retry(const TriedAgain&) noexcept {}
  /// The event loop is being destroyed: nothing may be put on it any more.
  virtual void loop_gone() noexcept {}

 protected:
  void hear(unsigned parts) noexcept { parts_.store(parts, std::memory_order_relaxed); }

 private:
  std::atomic<unsigned> parts_{~0u};  // everything, if it never says
};

}  // namespace kinship::mongodb
