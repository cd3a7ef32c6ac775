// Gate: coroutines wait for one event; opening it lets all of them go, each on its own executor.
// A waiter that is cancelled leaves at once and the others stay. Thread-safe.
#pragma once

#include <exception>
#include <memory>
#include <mutex>
#include <vector>

#include <kinship/fwd.hpp>

namespace kinship::detail {

class Gate : public std::enable_shared_from_this<Gate> {
 public:
  class Waiter {
   public:
    virtual ~Waiter() = default;
    virtual void complete(std::exception_ptr failure) = 0;
  };

  /// Returns when the gate is open; throws what it was opened with, or `errc::cancelled`.
  awaitable<void> wait();
  void open(std::exception_ptr failure = nullptr);
  bool is_open() const;

 private:
  friend struct GateInitiation;
  /// False: it is open already, and `failure` says how.
  bool enter(std::shared_ptr<Waiter> waiter, std::exception_ptr& failure);

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Waiter>> held_;
  bool open_{false};
  std::exception_ptr failure_;
};

/// Runs all of them at once on the awaiting executor and returns when all have ended; throws the first failure.
awaitable<void> when_all(std::vector<awaitable<void>> tasks);

}  // namespace kinship::detail
