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

void Pool::warm() {
  std::size_t dials = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!told_ready_ && !closed_) tell(PoolEvent::Kind::pool_ready);
    told_ready_ = true;
    dials = dials_wanted();
  }
  serve(dials, {});
}

void Pool::clear(const std::string& why, bool in_use) {
  Ended refused;
  std::vector<Shared> cut;
  {
    const std::lock_guard lock(mutex_);
    ++generation_;
    if (told_ready_) tell(PoolEvent::Kind::pool_cleared);
    told_ready_ = false;
    while (!idle_.empty()) {
      drop(idle_.back(), "stale");
      idle_.pop_back();
    }
    if (in_use) cut = all_;
    const auto failure = std::make_exception_ptr(NetworkError(
        errc::unavailable, "The connections to " + address_.text() + " were given up (" + why + "): try again"));
    while (auto waiter = first_waiter()) {
      tell(PoolEvent::Kind::check_out_failed, 0, "connectionError");
      waiter->failure_ = failure;
      refused.push_back(std::move(waiter));
    }
  }
  for (const auto& connection : cut) connection->channel->shut();
  serve(0, refused);
}

void Pool::close() {
  Ended refused;
  std::vector<Shared> all;
  {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      for (const Shared& connection : idle_) tell(PoolEvent::Kind::connection_closed, connection->number, "poolClosed");
      tell(PoolEvent::Kind::pool_closed);
    }
    closed_ = true;
    idle_.clear();
    draining_.clear();
    all = all_;
    while (auto waiter = first_waiter()) {
      tell(PoolEvent::Kind::check_out_failed, 0, "poolClosed");
      waiter->failure_ = closed_failure();
      refused.push_back(std::move(waiter));
    }
  }
  for (const auto& connection : all) connection->channel->shut();
  serve(0, refused);
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
