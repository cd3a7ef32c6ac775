// Hellos: plain ones, ones the server holds back until it changes (topologyVersion, maxAwaitTimeMS), and streams of those
// (exhaustAllowed, moreToCome).
#include "driver/mongodb/monitor_line.hpp"

#include <kinship/error.hpp>

namespace kinship::mongodb {

using Clock = std::chrono::steady_clock;

MonitorLine::MonitorLine(std::shared_ptr<Dialer> dialer, Address address)
    : dialer_(std::move(dialer)),
      address_(std::move(address)),
      heartbeat_(dialer_->uri().options.heartbeat_frequency.value_or(std::chrono::seconds(10))) {}

void MonitorLine::wake() {
  std::shared_ptr<Pause> pause;
  {
    const std::lock_guard lock(mutex_);
    asked_ = true;
    if (wakeable_) pause = pause_;
  }
  if (pause) pause->wake();
}

bool MonitorLine::cut() {
  std::shared_ptr<Channel> channel;
  {
    const std::lock_guard lock(mutex_);
    channel.swap(channel_);
  }
  if (channel) channel->shut();
  return channel != nullptr;
}

void MonitorLine::stop() {
  std::shared_ptr<Pause> pause;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    pause = pause_;
  }
  if (pause) pause->wake();
  cut();
}

bool MonitorLine::connected() const {
  const std::lock_guard lock(mutex_);
  return channel_ != nullptr;
}

bool MonitorLine::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

awaitable<void> MonitorLine::rest(std::shared_ptr<MonitorLine> self, Deadline until, bool wakeable) {
  const auto pause = std::make_shared<Pause>(self->dialer_->deadlines(), until);
  {
    const std::lock_guard lock(self->mutex_);
    if (self->stopped_ || (wakeable && std::exchange(self->asked_, false))) co_return;
    self->pause_ = pause;
    self->wakeable_ = wakeable;
  }
  co_await detail::await_operation(pause);
  const std::lock_guard lock(self->mutex_);
  self->pause_.reset();
  if (wakeable) self->asked_ = false;
}

Deadline MonitorLine::limit(bool stream) const {
  const auto limit = dialer_->uri().options.connect_timeout.value_or(std::chrono::seconds(10));
  if (limit.count() == 0) return no_deadline;
  return Clock::now() + limit + (stream ? heartbeat_ : heartbeat_.zero());
}

Request MonitorLine::hello(bool stream) const {
  bson::Builder body, more;
  body.append_int32(hello_ok_ ? "hello" : "isMaster", 1).append_bool("helloOk", true);
  if (stream) {
    body.begin_document("topologyVersion").append_object_id("processId", known_->process.bytes().data());
    body.append_int64("counter", known_->counter).end();
    body.append_int64("maxAwaitTimeMS", heartbeat_.count());
  }
  const bson::Document command = body.finish(), database = more.append_string("$db", "admin").finish();
  Request request;
  request.operation = "hello";
  request.deadline = limit(stream);
  request.bytes =
      hello_ok_ || stream ? make_message(stream ? flag_exhaust_allowed : 0, command, database) : make_query(command);
  return request;
}

awaitable<ServerDescription> MonitorLine::greet(std::shared_ptr<MonitorLine> self) {
  const std::shared_ptr<Connection> connection = co_await self->dialer_->dial_to_watch(self->address_);
  bool late = false;
  {
    const std::lock_guard lock(self->mutex_);
    late = self->stopped_;
    if (!late) self->channel_ = connection->channel;
  }
  if (late) connection->channel->shut();
  co_return connection->server;
}

awaitable<ServerDescription> MonitorLine::hear(std::shared_ptr<MonitorLine> self, std::shared_ptr<Channel> channel,
                                               bool stream) {
  Message reply;
  self->waited_ = self->more_ || (stream && self->known_);
  if (self->more_) {
    reply = co_await channel->receive("hello", self->limit(true));
  } else {
    Request request = self->hello(self->waited_);
    reply = co_await channel->exchange(std::move(request));
  }
  self->more_ = reply.view.more_to_come();
  co_return read_hello(self->address_, reply.body());
}

awaitable<ServerDescription> MonitorLine::listen(std::shared_ptr<MonitorLine> self, bool stream) {
  std::shared_ptr<Channel> channel;
  {
    const std::lock_guard lock(self->mutex_);
    channel = self->channel_;
    self->asked_ = false;
  }
  ServerDescription heard;
  std::exception_ptr failure;
  try {
    if (channel)
      heard = co_await hear(self, channel, stream);
    else
      heard = co_await greet(self);
    self->hello_ok_ = heard.hello_ok;
    self->known_ = heard.topology_version;
  } catch (const error&) {
    failure = std::current_exception();
  }
  if (!channel) self->waited_ = self->more_ = false;
  if (!failure && heard.type != ServerType::unknown) co_return heard;
  self->cut();
  self->more_ = false;
  self->known_.reset();
  if (failure) std::rethrow_exception(failure);
  co_return heard;
}

}  // namespace kinship::mongodb
