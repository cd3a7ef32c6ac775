// Turns events into documents with the format's field names.
// The tests' event loop has one thread, so there is nothing to lock.
#include "spec/unified/recorder.hpp"

#include "driver/mongodb/command_watch.hpp"

namespace kinship::spec {
namespace {

constexpr const char* command_names[] = {"commandStartedEvent", "commandSucceededEvent", "commandFailedEvent"};
constexpr const char* body_names[] = {"command", "reply", "reply"};
constexpr const char* pool_names[] = {"poolCreatedEvent",
                                      "poolReadyEvent",
                                      "poolClearedEvent",
                                      "poolClosedEvent",
                                      "connectionCreatedEvent",
                                      "connectionReadyEvent",
                                      "connectionClosedEvent",
                                      "connectionCheckOutStartedEvent",
                                      "connectionCheckOutFailedEvent",
                                      "connectionCheckedOutEvent",
                                      "connectionCheckedInEvent"};

}  // namespace

Recorder::Recorder(std::set<std::string> observed, std::set<std::string> ignored, bool sensitive)
    : observed_(std::move(observed)), ignored_(std::move(ignored)), sensitive_(sensitive) {}

void Recorder::add(const char* name, bson::Document fields) {
  if (stopped_) return;
  if (observed_.contains(name)) events_.push_back({name, std::move(fields)});
  if (const auto pause = waiting_.lock()) pause->wake();
}

void Recorder::command(const mongodb::CommandEvent& event) noexcept {
  const std::string name(event.name);
  if (stopped_ || ignored_.contains(name)) return;
  if (!sensitive_ && mongodb::is_sensitive(name, event.body)) return;
  const auto kind = static_cast<std::size_t>(event.kind);
  if (event.kind == mongodb::CommandEvent::Kind::started) commands_.emplace_back(event.body);
  bson::Builder fields;
  fields.append_string("commandName", name).append_string("databaseName", event.database);
  fields.append_int64("requestId", event.request_id).append_string("failure", event.failure);
  if (event.server_connection) fields.append_int64("serverConnectionId", *event.server_connection);
  fields.append(body_names[kind], event.body);
  add(command_names[kind], fields.finish());
}

void Recorder::pool(const mongodb::PoolEvent& event) noexcept {
  if (event.kind == mongodb::PoolEvent::Kind::checked_out) ++checked_out_;
  if (event.kind == mongodb::PoolEvent::Kind::checked_in) --checked_out_;
  bson::Builder fields;
  fields.append_string("address", event.server->text());
  if (event.connection != 0) fields.append_int64("connectionId", static_cast<std::int64_t>(event.connection));
  if (!event.reason.empty()) fields.append_string("reason", event.reason);
  add(pool_names[static_cast<std::size_t>(event.kind)], fields.finish());
}

std::size_t Recorder::count(const Json& expected, const UnifiedValues& known) const {
  std::size_t found = 0;
  for (const UnifiedEvent& event : events_) found += event_mismatch(expected, event, known).empty();
  return found;
}

static awaitable<void> wait_for(std::shared_ptr<mongodb::Pause> pause) { co_await detail::await_operation(pause); }

awaitable<void> Recorder::wait(std::shared_ptr<mongodb::Deadlines> deadlines, Deadline until) {
  auto pause = std::make_shared<mongodb::Pause>(std::move(deadlines), until);
  waiting_ = pause;
  return wait_for(std::move(pause));
}

}  // namespace kinship::spec
