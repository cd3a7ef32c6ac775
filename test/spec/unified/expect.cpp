// Expectations about events and errors.
// Every field of the format is known by name; a new one is an error here, not something to be passed over.
#include "spec/unified/expect.hpp"

#include <algorithm>
#include <stdexcept>

#include "driver/mongodb/address.hpp"

namespace kinship::spec {
namespace {

bool starts(std::string_view text, std::initializer_list<std::string_view> with) {
  return std::any_of(with.begin(), with.end(), [&](std::string_view one) { return text.starts_with(one); });
}

bool has(const std::vector<std::string>& labels, const Json& label) {
  return std::find(labels.begin(), labels.end(), label.get<std::string>()) != labels.end();
}

// hasServiceId, hasServerConnectionId: whether a field is there, whatever it holds.
std::string presence_field(const std::string& name) {
  if (name == "hasServiceId") return "serviceId";
  return name == "hasServerConnectionId" ? "serverConnectionId" : "";
}

std::string labels_mismatch(const Json& wanted, const std::vector<std::string>& labels, bool should_have) {
  for (const Json& label : wanted)
    if (has(labels, label) != should_have)
      return "the label " + label.get<std::string>() + (should_have ? " is missing" : " should not be there");
  return "";
}

std::string truth_mismatch(const std::string& name, const Json& wanted, bool got) {
  return wanted.get<bool>() == got ? "" : name + " is " + (got ? "true" : "false");
}

}  // namespace

std::string_view event_type(std::string_view name) {
  if (starts(name, {"command"})) return "command";
  if (starts(name, {"pool", "connection"})) return "cmap";
  if (starts(name, {"topology", "server"})) return "sdam";
  throw std::runtime_error("the event " + std::string(name) + " of the unified test format is not known");
}

std::string event_mismatch(const Json& expected, const UnifiedEvent& actual, const UnifiedValues& known) {
  const std::string& name = expected.begin().key();
  if (name != actual.name) return "is a " + actual.name + ", should be a " + name;
  for (const auto& [field, wanted] : expected.begin().value().items()) {
    const std::string presence = presence_field(field);
    if (!presence.empty()) {
      if (actual.fields[presence].missing() == wanted.get<bool>()) return field + " is not " + wanted.dump();
      continue;
    }
    const auto why = mismatch(wanted, actual.fields[field], known);
    if (!why.empty()) return field + " of " + name + ": " + why;
  }
  return "";
}

std::string events_mismatch(const Json& expected, const std::vector<UnifiedEvent>& all, const UnifiedValues& known) {
  const std::string type = expected.value("eventType", "command");
  std::vector<const UnifiedEvent*> events;
  for (const UnifiedEvent& event : all)
    if (event_type(event.name) == type) events.push_back(&event);
  const Json& wanted = expected.at("events");
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string which = "event " + std::to_string(i) + " ";
    if (i >= events.size()) return which + "is missing, should be " + wanted[i].dump();
    if (auto why = event_mismatch(wanted[i], *events[i], known); !why.empty()) return which + why;
  }
  if (events.size() > wanted.size() && !expected.value("ignoreExtraEvents", false))
    return "event " + std::to_string(wanted.size()) + " should not be there: a " + events[wanted.size()]->name;
  return "";
}

std::string failure_mismatch(const Json& expected, const UnifiedFailure& actual, const UnifiedValues& known) {
  for (const auto& [name, wanted] : expected.items()) {
    std::string why;
    if (name == "isError")
      continue;
    else if (name == "isClientError")
      why = truth_mismatch(name, wanted, actual.client_error);
    else if (name == "isTimeoutError")
      why = truth_mismatch(name, wanted, actual.timeout);
    else if (name == "errorContains")
      why = mongodb::lower_case(actual.message).find(mongodb::lower_case(wanted.get<std::string>())) != std::string::npos
                ? ""
                : "'" + actual.message + "' does not say " + wanted.dump();
    else if (name == "errorCode")
      why = wanted == actual.code ? "" : "the code is " + std::to_string(actual.code) + ", should be " + wanted.dump();
    else if (name == "errorCodeName")
      why = wanted == actual.code_name ? "" : "the code's name is '" + actual.code_name + "', should be " + wanted.dump();
    else if (name == "errorLabelsContain")
      why = labels_mismatch(wanted, actual.labels, true);
    else if (name == "errorLabelsOmit")
      why = labels_mismatch(wanted, actual.labels, false);
    else if (name == "errorResponse")
      why = mismatch(wanted, actual.response.view(), known);
    else if (name == "expectResult")
      why = mismatch(wanted, actual.result.view(), known);
    else
      throw std::runtime_error("expectError's " + name + " is not known");
    if (!why.empty()) return why;
  }
  return "";
}

}  // namespace kinship::spec
