// Events and errors as a test of the unified format expects them.
// What happened is told by whoever runs the operations; nothing here knows a driver.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/unified/match.hpp"

namespace kinship::spec {

/// "commandStartedEvent" with {commandName, databaseName, command, ...}: the names the format has for fields.
struct UnifiedEvent {
  std::string name{};
  bson::Document fields{};
};

/// "command", "cmap" or "sdam": what `eventType` of expectEvents names. Throws for an event the format does not have.
std::string_view event_type(std::string_view name);

/// One element of expectEvents[].events against one event; "" if it matches.
std::string event_mismatch(const Json& expected, const UnifiedEvent& actual, const UnifiedValues& known);
/// One element of expectEvents ({client, events, eventType, ignoreExtraEvents}) against that client's events of all types.
std::string events_mismatch(const Json& expected, const std::vector<UnifiedEvent>& actual, const UnifiedValues& known);

/// How an operation failed.
struct UnifiedFailure {
  bool client_error{};  // not a server's answer: arguments, network, selection
  bool timeout{};
  std::string message{};
  int code{};
  std::string code_name{};
  std::vector<std::string> labels{};
  bson::Document response{};  // of a server's answer
  bson::Document result{};    // of a bulk write that did a part
};

/// The operation's expectError against its failure; "" if it matches.
std::string failure_mismatch(const Json& expected, const UnifiedFailure& actual, const UnifiedValues& known);

}  // namespace kinship::spec
