// Events as lines for a log.
// Numbers are rounded for the eye; whoever counts reads the fields.
#include <cstdio>

#include <kinship/observe.hpp>

namespace kinship {
namespace {

std::string milliseconds(std::chrono::nanoseconds time) {
  char out[32];
  std::snprintf(out, sizeof out, "%.1f ms", static_cast<double>(time.count()) / 1e6);
  return out;
}

std::string with(const char* before, const std::string& text, const char* after = "") {
  return text.empty() ? std::string() : before + text + after;
}

const char* words(PoolEvent::Kind kind) noexcept {
  constexpr const char* all[] = {"pool created",       "pool ready",       "pool cleared",      "pool closed",
                                 "connection created", "connection ready", "connection closed", "check-out started",
                                 "check-out failed",   "checked out",      "checked in"};
  return all[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string OperationEvent::text() const {
  if (!warning.empty()) return "warning" + with(" about ", relationship) + ": " + warning;
  std::string out = operation + with(" on ", collection) + with(" for ", relationship);
  if (!error.empty()) return out + " failed after " + milliseconds(duration) + ": " + error;
  return out + " took " + milliseconds(duration) + ", " + std::to_string(documents) + " documents, " +
         std::to_string(bytes) + " bytes";
}

std::string CommandEvent::text() const {
  const std::string where = server + ", connection " + std::to_string(connection);
  if (kind == Kind::started) return name + " sent to " + where + with(": ", command);
  if (kind == Kind::succeeded) return name + " took " + milliseconds(duration) + " on " + where + with(": ", reply);
  return name + " failed after " + milliseconds(duration) + " on " + where + with(": ", error);
}

std::string PoolEvent::text() const {
  const std::string number = connection == 0 ? std::string() : std::to_string(connection);
  return words(kind) + with(" (number ", number, ")") + " at " + server + with(": ", reason);
}

std::string TopologyEvent::text() const {
  switch (kind) {
    case Kind::server_opened:
      return server + " is watched from now on";
    case Kind::server_closed:
      return server + " is not watched any more";
    case Kind::heartbeat_succeeded:
      return server + " answered a heartbeat";
    case Kind::heartbeat_failed:
      return server + " did not answer a heartbeat" + with(": ", error);
    case Kind::server_changed:
    case Kind::topology_changed:
      break;
  }
  return (kind == Kind::server_changed ? server : std::string("the topology")) + " was " + before + " and is " + after;
}

std::string RetryEvent::text() const {
  return operation + with(" on ", collection) + " is tried again (try " + std::to_string(attempt) +
         (pause.count() > 0 ? " in " + milliseconds(pause) : std::string()) + ")" + with(" after ", server) +
         with(": ", error);
}

}  // namespace kinship
