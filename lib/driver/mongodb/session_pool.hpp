// Server sessions and the pool they are reused from: last in, first out, so that those not needed any more expire.
// Thread-safe; the clock is the caller's, so that tests need not wait.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include <kinship/value/bson.hpp>

namespace kinship::mongodb {

using Clock = std::chrono::steady_clock;

/// What the server knows a session by. A value: whoever holds it uses it alone.
struct ServerSession {
  std::array<std::uint8_t, 16> id{};
  std::int64_t txn_number{};  // of the last retryable write or transaction
  Clock::time_point last_use{};
  bool dirty{};  // a connection broke while it was in use: the server may still be busy with it

  /// A new random id (UUID version 4).
  static ServerSession make(Clock::time_point now);
  /// Appends {id: UUID} as `lsid`.
  void append_to(bson::Builder& command) const;
};

class ServerSessionPool {
 public:
  /// `timeout` is the topology's logicalSessionTimeoutMinutes; a session with less than a minute left is not used again.
  ServerSession acquire(Clock::time_point now, std::optional<int> timeout_minutes);
  /// Dirty and expiring sessions are dropped, and expired ones that lay below with it.
  void release(ServerSession session, Clock::time_point now, std::optional<int> timeout_minutes);

  /// Takes all sessions out, for endSessions: {endSessions: [{id: UUID}, ...]} with at most 10 000 each.
  std::vector<bson::Document> end_commands();
  std::size_t size() const;

 private:
  mutable std::mutex mutex_{};
  std::vector<ServerSession> sessions_{};  // the last used at the end
};

}  // namespace kinship::mongodb
