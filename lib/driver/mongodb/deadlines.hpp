// One timer for every deadline of a client: requests, waiters for a connection, attempts to connect.
// It is re-armed only for an earlier deadline, so a request costs no timer of its own; idle, it is cancelled.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <optional>

#include <kinship/driver/driver.hpp>

namespace kinship::mongodb {

/// Something with a deadline. Watched from `Deadlines::watch` to `unwatch`; owned by shared pointers.
class Timed : public std::enable_shared_from_this<Timed> {
 public:
  virtual ~Timed() = default;
  /// The deadline has passed. Called once, on the client's executor, without a lock; it is no longer watched.
  virtual void expired() = 0;

 private:
  friend class Deadlines;
  Deadline at_{no_deadline};
  Timed* previous_{};
  Timed* next_{};
  bool watched_{};
};

class Deadlines : public std::enable_shared_from_this<Deadlines> {
 public:
  explicit Deadlines(boost::asio::any_io_executor executor);

  /// Of an object without a deadline nothing is done.
  void watch(Timed& timed, Deadline at);
  /// After this `expired` is not called any more, unless it is being called. Must be called before the object dies.
  void unwatch(Timed& timed) noexcept;
  /// Stops the timer if nothing is watched, so that the event loop may end. Call it when a coroutine has gone on: what it
  /// began in turn keeps the timer as it is.
  void rest();
  /// The event loop is going: no timer from now on.
  void stop() noexcept;

 private:
  void arm(Deadline at);
  void fired();

  std::mutex mutex_;
  std::optional<boost::asio::steady_timer> timer_;
  Deadline armed_{no_deadline};
  Timed* first_{};
};

}  // namespace kinship::mongodb
