// A hello every heartbeat. A server that does not answer is no news here: the monitor finds that out by itself.
// The greeting is no sample: before it there was a name to look up and a connection to make.
#include "driver/mongodb/round_trips.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <kinship/error.hpp>

namespace kinship::mongodb {

using Clock = std::chrono::steady_clock;

RoundTrips::RoundTrips(std::shared_ptr<Dialer> dialer, Address address)
    : dialer_(std::move(dialer)),
      line_(std::make_shared<MonitorLine>(dialer_, std::move(address))),
      heartbeat_(dialer_->uri().options.heartbeat_frequency.value_or(std::chrono::seconds(10))) {}

void RoundTrips::start() {
  if (std::exchange(started_, true)) return;
  boost::asio::co_spawn(dialer_->executor(), run(shared_from_this()), boost::asio::detached);
}

void RoundTrips::stop() { line_->stop(); }

void RoundTrips::add(RoundTripTime::Duration sample) {
  const std::lock_guard lock(mutex_);
  times_.add(sample);
}

void RoundTrips::guess(RoundTripTime::Duration time) {
  const std::lock_guard lock(mutex_);
  guess_ = time;
}

void RoundTrips::reset() {
  const std::lock_guard lock(mutex_);
  times_.reset();
  guess_.reset();
}

std::optional<RoundTripTime::Duration> RoundTrips::average() const {
  const std::lock_guard lock(mutex_);
  const auto average = times_.average();
  return average ? average : guess_;
}

RoundTripTime::Duration RoundTrips::minimum() const {
  const std::lock_guard lock(mutex_);
  return times_.minimum();
}

awaitable<void> RoundTrips::run(std::shared_ptr<RoundTrips> self) {
  while (!self->line_->stopped()) {
    try {
      if (!self->line_->connected()) co_await MonitorLine::listen(self->line_, false);
      const auto began = Clock::now();
      co_await MonitorLine::listen(self->line_, false);
      self->add(Clock::now() - began);
    } catch (const error&) {
    }
    const Deadline next = Clock::now() + self->heartbeat_;
    co_await MonitorLine::rest(self->line_, next, false);
  }
}

}  // namespace kinship::mongodb
