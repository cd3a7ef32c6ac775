// What observers are told of the way to the store: commands and their tries, connections, servers. See observe.hpp.
// Plain data, owned: an event may be kept. `text()` is one line for a log.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace kinship {

using EventTime = std::chrono::system_clock::time_point;

/// A command on the wire: that it is sent, and how it ends. One operation may be several of them (its batches, its retries).
/// Commands that hold credentials, and logins above all, are told by name only; the handshakes of connections not at all.
struct CommandEvent {
  enum class Kind : std::uint8_t { started, succeeded, failed };

  Kind kind{};
  EventTime time{};
  std::string name{};  // "find"
  std::string database{};
  std::string server{};                 // "db1.example.com:27017"
  std::uint64_t connection{};           // of this server's pool, from 1
  std::int32_t request{};               // as on the wire; the same when it is sent and when it ends
  std::chrono::nanoseconds duration{};  // of what has ended
  /// What was sent, as JSON: names, with "?" for values unless they were asked for. Cut after 4000 characters.
  std::string command{};
  std::string reply{};  // the same of what came back; only if values were asked for
  /// Why it failed: of a lost connection a sentence; of the server's errors code and name, and what it says only if values
  /// were asked for, because its sentences may quote them.
  std::string error{};

  std::string text() const;
};

/// Connections to one server, by MongoDB's specification of pools.
struct PoolEvent {
  enum class Kind : std::uint8_t {
    pool_created,
    pool_ready,    ///< the server is known: connections may be opened
    pool_cleared,  ///< all connections so far are given up: the server failed
    pool_closed,
    connection_created,  ///< it is being opened
    connection_ready,
    connection_closed,
    check_out_started,  ///< an operation wants a connection
    check_out_failed,
    checked_out,
    checked_in
  };

  Kind kind{};
  EventTime time{};
  std::string server{};
  std::uint64_t connection{};  // from 1; 0: the event speaks of none
  /// Of what was closed or failed: "stale", "idle", "error", "poolClosed"; "timeout", "connectionError".
  std::string reason{};

  std::string text() const;
};

/// What is known of the servers, when it changes and when they are asked.
struct TopologyEvent {
  enum class Kind : std::uint8_t {
    server_opened,   ///< it is watched from now on
    server_closed,   ///< it is no part of the deployment any more
    server_changed,  ///< `before` and `after` say what it was and is: "Unknown (refused)", "RSPrimary"
    topology_changed,
    heartbeat_succeeded,  ///< it answered, or said by itself that it has changed
    heartbeat_failed
  };

  Kind kind{};
  EventTime time{};
  std::string server{};  // "": of the topology as a whole
  std::string before{}, after{};
  std::chrono::nanoseconds round_trip{};  // of heartbeats: the average, once it is known
  std::string error{};                    // of a heartbeat that failed

  std::string text() const;
};

/// Something is tried again: a command after an error that allows it, or a whole transaction after a conflict.
struct RetryEvent {
  EventTime time{};
  std::string operation{};  // "find"; "transaction"
  std::string collection{};
  int attempt{};                      // the number of the try that comes now: 2, ...
  std::string server{};               // the one given up: another is taken if there is one; "" of a transaction
  std::string error{};                // why, as CommandEvent::error
  std::chrono::milliseconds pause{};  // before that try

  std::string text() const;
};

}  // namespace kinship
