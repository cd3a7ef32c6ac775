// What the client says, in the words and types users know. Nothing here may throw: what there is no memory for is not told.
// Of commands with credentials the client gives no more than the name (command_watch.hpp).
#include "driver/mongodb/announcer.hpp"
#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/command_text.hpp"
#include "driver/mongodb/server_error.hpp"
#include "driver/mongodb/topology_change.hpp"

namespace kinship::mongodb {
namespace {

EventTime now() { return std::chrono::system_clock::now(); }

std::string words(const ServerDescription& server) {
  return type_name(server.type) + (server.error.empty() ? std::string() : " (" + server.error + ")");
}

std::string failure_of(const CommandEvent& event, bool values) {
  if (!event.body.empty()) {
    const auto code = read_integer(event.body["code"]).value_or(0);
    return failure_text(static_cast<int>(code), read_text(event.body["codeName"]), read_text(event.body["errmsg"]), values);
  }
  if (!event.failure.empty()) return std::string(event.failure);
  return "the server refused it; what it said is left out, because the command holds credentials";
}

kinship::CommandEvent event_of(const CommandEvent& event, bool values) {
  using Kind = CommandEvent::Kind;
  kinship::CommandEvent out;
  out.kind = static_cast<kinship::CommandEvent::Kind>(event.kind);
  out.time = now();
  out.name = event.name;
  out.database = event.database;
  out.server = event.server->text();
  out.connection = event.connection;
  out.request = event.request_id;
  out.duration = event.duration;
  if (event.kind == Kind::started && !event.body.empty()) out.command = command_text(event.body, values);
  if (event.kind == Kind::succeeded && values && !event.body.empty()) out.reply = command_text(event.body, true);
  if (event.kind == Kind::failed) out.error = failure_of(event, values);
  return out;
}

kinship::TopologyEvent about(kinship::TopologyEvent::Kind kind, const Address& server) {
  kinship::TopologyEvent out;
  out.kind = kind;
  out.time = now();
  out.server = server.text();
  return out;
}

}  // namespace

void Announcer::command(const CommandEvent& event) noexcept try {
  Note note{event_of(event, false)};
  if (wants_values()) note.detailed = event_of(event, true);
  keep(std::move(note));
} catch (...) {
}

void Announcer::pool(const PoolEvent& event) noexcept try {
  kinship::PoolEvent out;
  out.kind = static_cast<kinship::PoolEvent::Kind>(event.kind);
  out.time = now();
  out.server = event.server->text();
  out.connection = event.connection;
  out.reason = event.reason;
  keep({std::move(out)});
} catch (...) {
}

void Announcer::topology(const TopologyEvent& event) noexcept try {
  using Kind = kinship::TopologyEvent::Kind;
  for (const Address& server : event.change->opened) keep({about(Kind::server_opened, server)});
  for (const auto& [before, after] : event.change->servers) {
    kinship::TopologyEvent out = about(Kind::server_changed, after->address);
    out.before = words(*before);
    out.after = words(*after);
    keep({std::move(out)});
  }
  for (const Address& server : event.change->closed) keep({about(Kind::server_closed, server)});
  kinship::TopologyEvent whole;
  whole.kind = Kind::topology_changed;
  whole.time = now();
  whole.before = event.before->text();
  whole.after = event.after->text();
  keep({std::move(whole)});
} catch (...) {
}

void Announcer::heartbeat(const ServerDescription& server) noexcept try {
  using Kind = kinship::TopologyEvent::Kind;
  const bool failed = server.type == ServerType::unknown;
  kinship::TopologyEvent out = about(failed ? Kind::heartbeat_failed : Kind::heartbeat_succeeded, server.address);
  out.round_trip = server.round_trip.value_or(std::chrono::nanoseconds(0));
  out.error = server.error;
  keep({std::move(out)});
} catch (...) {
}

void Announcer::retry(const TriedAgain& what) noexcept try {
  const ServerError& failure = *what.failure;
  const bool unanswered = failure.shape == ErrorShape::network;
  const auto make = [&](bool values) {
    kinship::RetryEvent out;
    out.time = now();
    out.operation = what.operation;
    out.collection = what.collection;
    out.attempt = what.attempt;
    out.server = what.server == nullptr ? std::string() : what.server->text();
    out.error = unanswered ? failure.message : failure_text(failure.code, failure.code_name, failure.message, values);
    out.pause = what.pause;
    return out;
  };
  Note note{make(false)};
  if (wants_values()) note.detailed = make(true);
  keep(std::move(note));
} catch (...) {
}

}  // namespace kinship::mongodb
