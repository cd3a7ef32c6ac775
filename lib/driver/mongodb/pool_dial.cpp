// Connections that are being opened. One whose pool was cleared meanwhile is nobody's: it serves no waiter, and how it ends
// says nothing of the server as it is now.
#include <boost/asio/error.hpp>

#include "driver/mongodb/pool.hpp"
#include "driver/mongodb/pool_waiter.hpp"

namespace kinship::mongodb {
namespace {

bool is_unauthorized(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const error& e) {
    return e.code() == errc::unauthorized;
  } catch (...) {
    return false;
  }
}

}  // namespace

awaitable<void> Pool::open_one(std::shared_ptr<Pool> self, std::uint64_t generation) {
  const std::shared_ptr<Dialing> dialing = self->begin_dial(generation);
  if (!dialing) co_return;
  std::exception_ptr failure;
  try {
    Shared connection = co_await self->dialer_->dial(self->address_, dialing->stop);
    connection->number = dialing->number;
    connection->generation = generation;
    connection->channel->owner(self);
    self->opened(*dialing, std::move(connection));
    co_return;
  } catch (...) {
    failure = std::current_exception();
  }
  self->not_opened(*dialing, failure);
}

std::shared_ptr<Pool::Dialing> Pool::begin_dial(std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (closed_ || generation != generation_) return nullptr;
  auto dialing = std::make_shared<Dialing>();
  dialing->number = ++numbered_;
  dialing->generation = generation;
  tell(PoolEvent::Kind::connection_created, dialing->number);
  dials_.push_back(dialing);
  return dialing;
}

void Pool::ended(const Dialing& dialing) {
  if (dialing.generation == generation_) --dialing_;
  std::erase_if(dials_, [&](const auto& other) { return other.get() == &dialing; });
}

void Pool::opened(const Dialing& dialing, Shared connection) {
  Ended served;
  Wanted dials;
  {
    const std::lock_guard lock(mutex_);
    ended(dialing);
    ++opened_;
    if (dialing.cut) {
      connection->channel->shut();
      ++closed_count_;
      return;
    }
    connection->place = all_.size();
    all_.push_back(connection);
    tell(PoolEvent::Kind::connection_ready, connection->number);
    offer(std::move(connection), served);
    dials = dials_wanted();
  }
  serve(dials, served);
}

void Pool::not_opened(const Dialing& dialing, std::exception_ptr failure) {
  Ended refused;
  {
    const std::lock_guard lock(mutex_);
    if (!dialing.cut) tell(PoolEvent::Kind::connection_closed, dialing.number, closed_ ? "poolClosed" : "error");
    if (closed_ || dialing.generation != generation_) {
      ended(dialing);
      ++failed_;
      return;
    }
    // A log-in that is refused is refused to all who wait.
    do {
      auto waiter = first_waiter();
      if (!waiter) break;
      waiter->failure_ = failure;
      refused.push_back(std::move(waiter));
    } while (is_unauthorized(failure));
  }
  // First the topology hears of it, so that whoever tries again does not come back to this server.
  if (const auto observer = observer_.lock()) observer->dial_failed(address_, dialing.generation, failure);
  Wanted dials;
  {
    const std::lock_guard lock(mutex_);
    ended(dialing);
    ++failed_;
    for (std::size_t i = 0; i < refused.size(); ++i) tell(PoolEvent::Kind::check_out_failed, 0, "connectionError");
    if (!waiters_.empty()) dials = dials_wanted();  // not for the least number: the server is in trouble
  }
  serve(dials, refused);
}

}  // namespace kinship::mongodb
