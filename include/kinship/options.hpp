// Options of `connect` and of a database handle, as classes with setters: they may cross an awaited expression.
// Everything has a default.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <kinship/driver/read_preference.hpp>
#include <kinship/observe.hpp>

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
  /// `connect` does not wait for a server: one that is not there, or refuses the log-in, is told by the first operation.
  /// (The servers of a mongodb+srv name are looked up all the same.)
  ConnectOptions& lazy(bool value) { return lazy_ = value, *this; }
  /// An observer from the start: it hears of connecting, too, and of options of the URI that are without effect. See
  /// `Database::observe`; it ends with the database.
  template <class... Events, class Fn>
  ConnectOptions& observe(Fn fn, ObserveOptions options = ObserveOptions()) {
    observers_.push_back(detail::make_observer<Events...>(std::move(fn), options));
    return *this;
  }

  Durability durability() const noexcept { return durability_; }
  unsigned readers() const noexcept { return readers_; }
  std::chrono::milliseconds lock_timeout() const noexcept { return lock_timeout_; }
  bool secure_delete() const noexcept { return secure_delete_; }
  bool lazy() const noexcept { return lazy_; }
  const std::vector<std::shared_ptr<detail::Observer>>& observers() const noexcept { return observers_; }

 private:
  Durability durability_{Durability::normal};
  unsigned readers_{0};
  std::chrono::milliseconds lock_timeout_{5000};
  bool secure_delete_{false}, lazy_{false};
  std::vector<std::shared_ptr<detail::Observer>> observers_{};
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

/// Connections now, and since the store was opened.
struct PoolStats {
  std::uint64_t open{};    ///< to be used: in use or idle
  std::uint64_t in_use{};  ///< lent to operations, or still receiving what an operation gave up
  std::uint64_t idle{};
  std::uint64_t opening{};  ///< not in `open` yet
  std::uint64_t waiting{};  ///< operations that wait for one
  std::uint64_t created{}, closed{};
};

/// One server of a deployment.
struct ServerStats {
  std::string address{};                  ///< "db1.example.com:27017"
  std::string type{};                     ///< "RSPrimary", "RSSecondary", "Standalone", "Mongos", "Unknown", ...
  std::chrono::nanoseconds round_trip{};  ///< on average; 0: not known
  PoolStats pool{};
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

  // Of the store as a whole, whatever the handle.
  std::uint64_t retries{};             ///< commands tried again, and transactions run again
  std::uint64_t events_lost{};         ///< not told, because an observer was too slow
  PoolStats pool{};                    ///< of all servers; of the embedded store its reading threads
  std::string topology{};              ///< "Single", "ReplicaSetWithPrimary", "Sharded", ...; "": the store has no servers
  std::string primary{};               ///< its address; "": there is none, or it is not known
  std::vector<ServerStats> servers{};  ///< those known now
};

}  // namespace kinship
