// Where the texts of transport errors come from: operation, host and time are always in them.
// What was sent is never in them.
#include "driver/mongodb/channel_task.hpp"

#include "driver/mongodb/channel.hpp"

namespace kinship::mongodb {

ChannelTask::ChannelTask(const std::shared_ptr<Channel>& channel, Kind kind, Request request)
    : channel_(channel), kind_(kind), request_(std::move(request)) {}

void ChannelTask::start(std::unique_ptr<detail::Completion> completion) {
  completion_ = std::move(completion);
  began_ = std::chrono::steady_clock::now();
  const auto channel = channel_.lock();
  channel->begin(std::static_pointer_cast<ChannelTask>(shared_from_this()));
}

void ChannelTask::cancel() {
  if (const auto channel = channel_.lock()) channel->cancelled(*this);
}

void ChannelTask::expired() {
  if (const auto channel = channel_.lock()) channel->expired(*this);
}

std::exception_ptr ChannelTask::failure(errc code, const std::string& peer, const std::string& what, bool sent) const {
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
  ErrorContext context;
  context.operation = request_.operation;
  if (sent && request_.writes) context.outcome = Outcome::unknown;
  return std::make_exception_ptr(
      NetworkError(code, request_.operation + " on " + peer + " after " + std::to_string(time.count()) + " ms: " + what,
                   std::move(context)));
}

}  // namespace kinship::mongodb
