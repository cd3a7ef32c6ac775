// Options of `connect` and of a database handle, as classes with setters: they may cross an awaited expression.
// Everything has a default.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include <kinship/driver/read_preference.hpp>

namespace kinship {

enum class Durability : std::uint8_t {
  normal,  ///< a power cut may lose the last transactions, never the file (default)
  full     ///< every commit is on the disk before it is acknowledged
};

/// How to open a store. Later setters win; what a store has no notion of is ignored.
class ConnectOptions {
 public:
  ConnectOptions& durability(Durability value) { return durability_ = value, *this; }
  /// Reading threads of the embedded store; 0: its default.
  ConnectOptions& readers(unsigned count) { return readers_ = count, *this; }
  /// How long a write waits behind a transaction or another process before it ends with `timeout`.
  ConnectOptions& lock_timeout(std::chrono::milliseconds value) { return lock_timeout_ = value, *this; }
  /// Overwrites what is deleted with zeros.
  ConnectOptions& secure_delete(bool value) { return secure_delete_ = value, *this; }

  Durability durability() const noexcept { return durability_; }
  unsigned readers() const noexcept { return readers_; }
  std::chrono::milliseconds lock_timeout() const noexcept { return lock_timeout_; }
  bool secure_delete() const noexcept { return secure_delete_; }

 private:
  Durability durability_{Durability::normal};
  unsigned readers_{0};
  std::chrono::milliseconds lock_timeout_{5000};
  bool secure_delete_{false};
};

/// What every operation of a handle carries; see `Database::with_options`.
class Options {
 public:
  /// Each call ends with `timeout` after this; zero: no limit.
  Options& timeout(std::chrono::milliseconds value) { return timeout_ = value, *this; }
  Options& read_preference(ReadPreference value) { return read_preference_ = value, *this; }
  Options& read_concern(std::string value) { return read_concern_ = std::move(value), *this; }
  Options& write_concern(std::string value) { return write_concern_ = std::move(value), *this; }
  Options& comment(std::string value) { return comment_ = std::move(value), *this; }
  Options& hint(std::string index) { return hint_ = std::move(index), *this; }
  Options& collation(std::string locale) { return collation_ = std::move(locale), *this; }

  std::chrono::milliseconds timeout() const noexcept { return timeout_; }
  ReadPreference read_preference() const noexcept { return read_preference_; }
  const std::string& read_concern() const noexcept { return read_concern_; }
  const std::string& write_concern() const noexcept { return write_concern_; }
  const std::string& comment() const noexcept { return comment_; }
  const std::string& hint() const noexcept { return hint_; }
  const std::string& collation() const noexcept { return collation_; }

 private:
  std::chrono::milliseconds timeout_{0};
  ReadPreference read_preference_{ReadPreference::primary};
  std::string read_concern_{}, write_concern_{}, comment_{}, hint_{}, collation_{};
};

/// Counters since the handle's database was opened (or since `with_options` made the handle).
struct Stats {
  std::uint64_t operations{};  ///< store operations: finds, counts, writes, ...
  std::uint64_t reads{};
  std::uint64_t writes{};
  std::uint64_t documents{};  ///< documents read
  std::uint64_t bytes{};      ///< of these documents
  std::uint64_t joined{};     ///< loads that shared another coroutine's query
  std::uint64_t transactions{};
};

}  // namespace kinship
