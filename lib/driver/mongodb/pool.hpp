// The connections of one server. Those in use are leased; who finds none waits his turn, first come first served, until his
// deadline. A connection that fails, in opening or in use, never leaves a waiter behind. There are none before the server
// was heard of, nor between trouble with it and the next news: the pool is paused, and whoever asks is told so at once.
// Thread-safe. Leases keep the pool alive; the pool keeps connections, never an awaiter.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "driver/mongodb/dialer.hpp"
#include "driver/mongodb/events.hpp"

namespace kinship::mongodb {

class Pool;
class PoolWaiter;

struct PoolLimits {
  std::size_t most{100};  // 0: no limit
  std::size_t least{0};
  std::size_t dialing{2};                  // at once
  std::chrono::milliseconds idle_time{0};  // 0: no limit
  std::chrono::milliseconds wait{0};       // 0: as long as the operation may take
};
PoolLimits pool_limits(const UriOptions& options);

struct PoolStatistics {
  std::size_t idle{}, leased{}, dialing{}, draining{}, waiting{};
  std::uint64_t opened{}, closed{}, failed{};  // since the pool was made
  std::uint64_t generation{};
};

/// A connection on loan; gives it back when it is destroyed. Move-only.
class Lease {
 public:
  Lease() = default;
  Lease(std::shared_ptr<Pool> pool, std::shared_ptr<Connection> connection)
      : pool_(std::move(pool)), connection_(std::move(connection)) {}
  Lease(Lease&& other) noexcept = default;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();

  explicit operator bool() const noexcept { return connection_ != nullptr; }
  const Connection& operator*() const noexcept { return *connection_; }
  const Connection* operator->() const noexcept { return connection_.get(); }

 private:
  std::shared_ptr<Pool> pool_{};
  std::shared_ptr<Connection> connection_{};
};

/// Hears of connections that could not be opened.
class PoolObserver {
 public:
  virtual ~PoolObserver() = default;
  virtual void dial_failed(const Address& address, std::uint64_t generation, const std::exception_ptr& failure) = 0;
  /// What still came for a request that was given up; it may hold a cursor to be ended.
  virtual void late_reply(const Address& address, const Message& reply) = 0;
};

class Pool final : public ChannelOwner, public std::enable_shared_from_this<Pool> {
 public:
  Pool(std::shared_ptr<Dialer> dialer, Address address, PoolLimits limits, std::weak_ptr<PoolObserver> observer,
       std::shared_ptr<EventListener> listener = {});

  /// A connection that is ready now, or an empty lease. Never waits.
  Lease try_checkout();
  /// Waits for one. Throws NetworkError: `timeout` at the deadline, `cancelled`, `unavailable` when none can be opened.
  awaitable<Lease> checkout(std::string operation, Deadline deadline);

  /// The server answers: from now on there are connections to be had. Opens none by itself.
  void ready();
  bool paused() const;
  /// Opens connections up to the least number, without waiting for them.
  void warm();
  /// Those opened so far are worth nothing: idle ones are closed now, leased ones and those being opened when they come
  /// back, or, if they would wait for replies that do not come (`in_use`), now; who waits is told. Paused until ready().
  void clear(const std::string& why, bool in_use = false);
  /// The same in two steps: what is decided, which may be done with a lock held, and what follows from it, without.
  struct Emptied;
  Emptied empty(const std::string& why, bool in_use);
  void finish(const Emptied& emptied);
  /// No more connections; all are closed now, in use or not.
  void close();
  std::uint64_t generation() const;
  PoolStatistics statistics() const;
  /// Operations under way, for choosing among servers.
  std::size_t load() const;
  const Address& address() const noexcept { return address_; }

  void settled(const std::shared_ptr<Channel>& channel, const Message* reply) override;

 private:
  friend class Lease;
  friend class PoolWaiter;
  using Shared = std::shared_ptr<Connection>;
  using Ended = std::vector<std::shared_ptr<PoolWaiter>>;
  /// A connection that is being opened.
  struct Dialing {
    std::uint64_t number{}, generation{};
    std::shared_ptr<DialStop> stop = std::make_shared<DialStop>();
    bool cut{};  // and said to be closed
  };
  using Dials = std::vector<std::shared_ptr<Dialing>>;
  /// How many to begin, and for whom: a pool that was cleared meanwhile does not want them.
  struct Wanted {
    std::size_t dials{};
    std::uint64_t generation{};
  };

  void enter(const std::shared_ptr<PoolWaiter>& waiter);
  void leave(PoolWaiter& waiter);
  void release(Shared connection);
  static awaitable<void> open_one(std::shared_ptr<Pool> self, std::uint64_t generation);
  std::shared_ptr<Dialing> begin_dial(std::uint64_t generation);
  void opened(const Dialing& dialing, Shared connection);
  void not_opened(const Dialing& dialing, std::exception_ptr failure);

  // With the lock.
  Shared take_idle();
  void offer(Shared connection, Ended& served);
  void drop(const Shared& connection, const char* why);
  Wanted dials_wanted();
  void ended(const Dialing& dialing);
  std::shared_ptr<PoolWaiter> first_waiter();

  void serve(Wanted wanted, const Ended& served);
  std::exception_ptr paused_failure(const PoolWaiter& waiter) const;
  std::exception_ptr closed_failure() const;
  void tell(PoolEvent::Kind kind, std::uint64_t connection = 0, std::string_view reason = {}) const noexcept {
    if (listener_ && listener_->hears(EventListener::pools)) listener_->pool({kind, &address_, connection, reason});
  }

  const std::shared_ptr<Dialer> dialer_;
  const Address address_;
  const PoolLimits limits_;
  const std::weak_ptr<PoolObserver> observer_;
  const std::shared_ptr<EventListener> listener_;

  mutable std::mutex mutex_;
  std::vector<Shared> all_;
  std::vector<Shared> idle_;  // the last one used is the last
  std::vector<Shared> draining_;
  std::deque<std::shared_ptr<PoolWaiter>> waiters_;
  Dials dials_;
  std::size_t dialing_{};  // of this generation
  std::uint64_t generation_{}, numbered_{}, opened_{}, closed_count_{}, failed_{};
  std::string cleared_for_;  // "": never
  bool closed_{}, ready_{};
};

struct Pool::Emptied {
  Ended refused{};
  std::vector<Shared> connections{};  // to be shut, as
  Dials dials{};                      // these
};

}  // namespace kinship::mongodb
