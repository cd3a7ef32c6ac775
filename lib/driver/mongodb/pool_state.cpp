// A pool as a whole: warmed, emptied, closed, looked at.
// Closing connections under the lock is short: no awaiter is told before it was let go.
#include <boost/asio/error.hpp>

#include "driver/mongodb/pool.hpp"
#include "driver/mongodb/pool_waiter.hpp"

namespace kinship::mongodb {

std::exception_ptr Pool::closed_failure() const {
  return std::make_exception_ptr(
      NetworkError(errc::unavailable, "The connections to " + address_.text() + " are closed: the database was closed"));
}

std::exception_ptr Pool::paused_failure(const PoolWaiter& waiter) const {
  ErrorContext context;
  context.operation = waiter.operation();
  const std::string why = cleared_for_.empty() ? "it has not answered yet: try again, or check host, port and firewall"
                                               : "its connections were given up (" + cleared_for_ + "): try again";
  return std::make_exception_ptr(
      NetworkError(errc::unavailable, waiter.operation() + " on " + address_.text() + ": " + why, std::move(context)));
}

void Pool::ready() {
  const std::lock_guard lock(mutex_);
  if (ready_ || closed_) return;
  ready_ = true;
  tell(PoolEvent::Kind::pool_ready);
}

bool Pool::paused() const {
  const std::lock_guard lock(mutex_);
  return !ready_ && !closed_;
}

void Pool::warm() {
  Wanted dials;
  {
    const std::lock_guard lock(mutex_);
    dials = dials_wanted();
  }
  serve(dials, {});
}

Pool::Emptied Pool::empty(const std::string& why, bool in_use) {
  Emptied out;
  const std::lock_guard lock(mutex_);
  ++generation_;
  dialing_ = 0;
  if (ready_) tell(PoolEvent::Kind::pool_cleared);
  ready_ = false;
  cleared_for_ = why;
  while (!idle_.empty()) {
    drop(idle_.back(), "stale");
    idle_.pop_back();
  }
  if (in_use) {
    for (const Shared& connection : draining_) drop(connection, "stale");  // who is shut tells nobody that it settled
    draining_.clear();
    out.connections = all_;
    out.dials = dials_;
    for (const auto& dialing : dials_)
      if (!std::exchange(dialing->cut, true)) tell(PoolEvent::Kind::connection_closed, dialing->number, "stale");
  }
  while (auto waiter = first_waiter()) {
    tell(PoolEvent::Kind::check_out_failed, 0, "connectionError");
    waiter->failure_ = paused_failure(*waiter);
    out.refused.push_back(std::move(waiter));
  }
  return out;
}

void Pool::finish(const Emptied& emptied) {
  for (const auto& connection : emptied.connections) connection->channel->shut();
  for (const auto& dialing : emptied.dials) dialing->stop->stop();
  serve({}, emptied.refused);
}

void Pool::clear(const std::string& why, bool in_use) { finish(empty(why, in_use)); }

void Pool::close() {
  Emptied emptied;
  {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      for (const Shared& connection : idle_) tell(PoolEvent::Kind::connection_closed, connection->number, "poolClosed");
      tell(PoolEvent::Kind::pool_closed);
    }
    closed_ = true;
    idle_.clear();
    draining_.clear();
    emptied.connections = all_;
    emptied.dials = dials_;
    while (auto waiter = first_waiter()) {
      tell(PoolEvent::Kind::check_out_failed, 0, "poolClosed");
      waiter->failure_ = closed_failure();
      emptied.refused.push_back(std::move(waiter));
    }
  }
  finish(emptied);
}

std::uint64_t Pool::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

PoolStatistics Pool::statistics() const {
  const std::lock_guard lock(mutex_);
  PoolStatistics out;
  out.idle = idle_.size();
  out.draining = draining_.size();
  out.leased = all_.size() - idle_.size() - draining_.size();
  out.dialing = dialing_;
  out.waiting = waiters_.size();
  out.opened = opened_;
  out.closed = closed_count_;
  out.failed = failed_;
  out.generation = generation_;
  return out;
}

std::size_t Pool::load() const {
  const std::lock_guard lock(mutex_);
  return all_.size() - idle_.size() + dialing_;
}

}  // namespace kinship::mongodb
