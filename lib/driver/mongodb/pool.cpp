// What is decided is decided under the lock; dials are begun and awaiters told after it was let go.
// The last connection used is the first to be used again, so that those not needed grow old and are closed.
#include "driver/mongodb/pool.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "driver/mongodb/pool_waiter.hpp"

namespace kinship::mongodb {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

/// A connection idle for longer is asked whether it still lives before it is used.
constexpr std::chrono::seconds peek_after(1);

awaitable<Lease> lease_of(std::shared_ptr<PoolWaiter> waiter) {
  co_await detail::await_operation(waiter);
  co_return std::move(waiter->lease);
}

}  // namespace

PoolLimits pool_limits(const UriOptions& options) {
  PoolLimits limits;
  limits.most = static_cast<std::size_t>(options.max_pool_size.value_or(100));
  limits.least = static_cast<std::size_t>(options.min_pool_size.value_or(0));
  limits.dialing = static_cast<std::size_t>(std::max<std::int64_t>(1, options.max_connecting.value_or(2)));
  limits.idle_time = options.max_idle_time.value_or(limits.idle_time);
  limits.wait = options.wait_queue_timeout.value_or(limits.wait);
  return limits;
}

Lease& Lease::operator=(Lease&& other) noexcept {
  Lease old(std::move(*this));
  pool_ = std::move(other.pool_);
  connection_ = std::move(other.connection_);
  return *this;
}

Lease::~Lease() {
  if (connection_) pool_->release(std::move(connection_));
}

Pool::Pool(std::shared_ptr<Dialer> dialer, Address address, PoolLimits limits, std::weak_ptr<PoolObserver> observer,
           std::shared_ptr<EventListener> listener)
    : dialer_(std::move(dialer)),
      address_(std::move(address)),
      limits_(limits),
      observer_(std::move(observer)),
      listener_(std::move(listener)) {
  tell(PoolEvent::Kind::pool_created);
}

Lease Pool::try_checkout() {
  const std::lock_guard lock(mutex_);
  if (closed_ || !waiters_.empty()) return {};
  Shared connection = take_idle();
  if (!connection) return {};
  tell(PoolEvent::Kind::check_out_started);
  tell(PoolEvent::Kind::checked_out, connection->number);
  return Lease(shared_from_this(), std::move(connection));
}

awaitable<Lease> Pool::checkout(std::string operation, Deadline deadline) {
  if (limits_.wait.count() > 0) deadline = std::min(deadline, Clock::now() + limits_.wait);
  return lease_of(std::make_shared<PoolWaiter>(shared_from_this(), std::move(operation), deadline));
}

Pool::Shared Pool::take_idle() {
  const auto now = Clock::now();
  while (!idle_.empty()) {
    Shared connection = std::move(idle_.back());
    idle_.pop_back();
    const auto age = now - connection->idle_since;
    const bool old = limits_.idle_time.count() > 0 && age > limits_.idle_time;
    const bool stale = connection->generation != generation_;
    if (!old && !stale && (age < peek_after || connection->channel->peek())) return connection;
    drop(connection, stale ? "stale" : old ? "idle" : "error");
  }
  return nullptr;
}

void Pool::drop(const Shared& connection, const char* why) {
  connection->channel->shut();
  tell(PoolEvent::Kind::connection_closed, connection->number, why);
  ++closed_count_;
  all_[connection->place] = all_.back();
  all_[connection->place]->place = connection->place;
  all_.pop_back();
}

std::shared_ptr<PoolWaiter> Pool::first_waiter() {
  if (waiters_.empty()) return nullptr;
  auto waiter = std::move(waiters_.front());
  waiters_.pop_front();
  waiter->waiting_ = false;
  return waiter;
}

void Pool::offer(Shared connection, Ended& served) {
  if (closed_) return drop(connection, "poolClosed");
  const Channel::State state = connection->channel->state();
  if (state == Channel::State::draining) return draining_.push_back(std::move(connection));
  if (connection->generation != generation_) return drop(connection, "stale");
  if (state != Channel::State::idle) return drop(connection, "error");
  if (auto waiter = first_waiter()) {
    tell(PoolEvent::Kind::checked_out, connection->number);
    waiter->lease = Lease(shared_from_this(), std::move(connection));
    served.push_back(std::move(waiter));
    return;
  }
  connection->idle_since = Clock::now();
  idle_.push_back(std::move(connection));
}

Pool::Wanted Pool::dials_wanted() {
  if (closed_ || !ready_) return {};
  const std::size_t most = limits_.most == 0 ? SIZE_MAX : limits_.most;
  const std::size_t open = all_.size() + dialing_;
  const std::size_t lacking = limits_.least > open ? limits_.least - open : 0;
  const std::size_t unserved = waiters_.size() > dialing_ ? waiters_.size() - dialing_ : 0;
  std::size_t wanted = std::max(lacking, unserved);
  wanted = std::min(wanted, most > open ? most - open : 0);
  wanted = std::min(wanted, limits_.dialing > dialing_ ? limits_.dialing - dialing_ : 0);
  dialing_ += wanted;
  Wanted out;
  out.dials = wanted;
  out.generation = generation_;
  return out;
}

void Pool::serve(Wanted wanted, const Ended& served) {
  for (; wanted.dials > 0; --wanted.dials)
    asio::co_spawn(dialer_->executor(), open_one(shared_from_this(), wanted.generation), asio::detached);
  for (const auto& waiter : served) waiter->end();
}

void Pool::enter(const std::shared_ptr<PoolWaiter>& waiter) {
  Ended ended;
  Wanted dials;
  {
    const std::lock_guard lock(mutex_);
    Shared connection;
    tell(PoolEvent::Kind::check_out_started);
    if (closed_) {
      tell(PoolEvent::Kind::check_out_failed, 0, "poolClosed");
      waiter->failure_ = closed_failure();
      ended.push_back(waiter);
    } else if (!ready_) {
      tell(PoolEvent::Kind::check_out_failed, 0, "connectionError");
      waiter->failure_ = paused_failure(*waiter);
      ended.push_back(waiter);
    } else if (waiters_.empty() && (connection = take_idle())) {
      tell(PoolEvent::Kind::checked_out, connection->number);
      waiter->lease = Lease(shared_from_this(), std::move(connection));
      ended.push_back(waiter);
    } else {
      waiter->waiting_ = true;
      waiters_.push_back(waiter);
      dialer_->deadlines()->watch(*waiter, waiter->deadline_);
      dials = dials_wanted();
    }
  }
  serve(dials, ended);
}

void Pool::leave(PoolWaiter& waiter) {
  const auto at = std::find_if(waiters_.begin(), waiters_.end(), [&](const auto& other) { return other.get() == &waiter; });
  if (at != waiters_.end()) waiters_.erase(at);
  waiter.waiting_ = false;
}

void Pool::release(Shared connection) {
  Ended served;
  Wanted dials;
  {
    const std::lock_guard lock(mutex_);
    tell(PoolEvent::Kind::checked_in, connection->number);
    offer(std::move(connection), served);
    if (!waiters_.empty() || limits_.least != 0) dials = dials_wanted();
  }
  if (dials.dials > 0 || !served.empty()) serve(dials, served);
}

void Pool::settled(const std::shared_ptr<Channel>& channel, const Message* reply) {
  Ended served;
  Wanted dials;
  {
    const std::lock_guard lock(mutex_);
    const auto at =
        std::find_if(draining_.begin(), draining_.end(), [&](const Shared& other) { return other->channel == channel; });
    if (at != draining_.end()) {
      Shared connection = std::move(*at);
      draining_.erase(at);
      offer(std::move(connection), served);
      dials = dials_wanted();
    }
  }
  serve(dials, served);
  if (reply == nullptr) return;
  if (const auto observer = observer_.lock()) observer->late_reply(address_, *reply);
}

}  // namespace kinship::mongodb
