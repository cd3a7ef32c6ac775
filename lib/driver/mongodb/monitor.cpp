// One coroutine per server, from start to stop. It waits in three places, each of which stop() ends: the name, the socket,
// the pause between checks.
#include "driver/mongodb/monitor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace kinship::mongodb {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

/// The least time between two checks, whoever asks.
constexpr std::chrono::milliseconds least_interval(500);

}  // namespace

Monitor::Monitor(std::shared_ptr<Dialer> dialer, Address address, Heard heard)
    : dialer_(std::move(dialer)),
      address_(std::move(address)),
      heartbeat_(dialer_->uri().options.heartbeat_frequency.value_or(std::chrono::seconds(10))),
      heard_(std::move(heard)) {}

void Monitor::start() { asio::co_spawn(dialer_->executor(), run(shared_from_this()), asio::detached); }

void Monitor::stop() {
  std::shared_ptr<Channel> channel;
  std::shared_ptr<Pause> pause;
  Heard heard;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    channel = channel_;
    pause = pause_;
    heard.swap(heard_);
  }
  if (pause) pause->wake();
  if (channel) channel->shut();
}

void Monitor::check_now() {
  std::shared_ptr<Pause> pause;
  {
    const std::lock_guard lock(mutex_);
    asked_ = true;
    if (wakeable_) pause = pause_;
  }
  if (pause) pause->wake();
}

bool Monitor::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void Monitor::tell(ServerDescription description) {
  Heard heard;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    heard = heard_;
  }
  if (heard) heard(std::move(description));
}

awaitable<void> Monitor::rest(std::shared_ptr<Monitor> self, Deadline until, bool may_be_woken) {
  const auto pause = std::make_shared<Pause>(self->dialer_->deadlines(), until);
  {
    const std::lock_guard lock(self->mutex_);
    if (self->stopped_ || (may_be_woken && self->asked_)) co_return;
    self->pause_ = pause;
    self->wakeable_ = may_be_woken;
  }
  co_await detail::await_operation(pause);
  const std::lock_guard lock(self->mutex_);
  self->pause_.reset();
}

awaitable<ServerDescription> Monitor::check(std::shared_ptr<Monitor> self) {
  std::shared_ptr<Channel> channel;
  {
    const std::lock_guard lock(self->mutex_);
    channel = self->channel_;
    self->asked_ = false;
  }
  const auto began = Clock::now();
  ServerDescription heard;
  if (channel) {
    Request request;
    request.operation = "hello";
    const auto limit = self->dialer_->uri().options.connect_timeout.value_or(std::chrono::seconds(10));
    if (limit.count() > 0) request.deadline = began + limit;
    bson::Builder hello;
    hello.append_int32(self->hello_ok_ ? "hello" : "isMaster", 1).append_bool("helloOk", true);
    const bson::Document command = hello.finish();
    bson::Builder more;
    const bson::Document database = more.append_string("$db", "admin").finish();
    request.bytes = self->hello_ok_ ? make_message(0, command, database) : make_query(command);
    const Message reply = co_await channel->exchange(std::move(request));
    heard = read_hello(self->address_, reply.body());
  } else {
    const std::shared_ptr<Connection> connection = co_await self->dialer_->dial_to_watch(self->address_);
    heard = connection->server;
    bool late = false;
    {
      const std::lock_guard lock(self->mutex_);
      late = self->stopped_;
      if (!late) self->channel_ = connection->channel;
    }
    if (late) connection->channel->shut();
  }
  self->hello_ok_ = heard.hello_ok;
  self->times_.add(Clock::now() - began);
  heard.round_trip = self->times_.average();
  heard.updated = Clock::now();
  co_return heard;
}

awaitable<void> Monitor::run(std::shared_ptr<Monitor> self) {
  bool connected = false;
  while (!self->stopped()) {
    const auto began = Clock::now();
    ServerDescription heard;
    bool again = false;
    try {
      heard = co_await check(self);
      connected = true;
    } catch (const error& e) {
      heard = unknown_server(self->address_, e.sentence());
      again = std::exchange(connected, false);  // the connection was good before: look once more before the next heartbeat
      self->times_.reset();
      const std::lock_guard lock(self->mutex_);
      if (self->channel_) self->channel_->shut();
      self->channel_.reset();
    }
    self->tell(std::move(heard));
    if (again) continue;
    co_await rest(self, began + std::min(least_interval, self->heartbeat_), false);
    co_await rest(self, began + self->heartbeat_, true);
  }
}

}  // namespace kinship::mongodb
