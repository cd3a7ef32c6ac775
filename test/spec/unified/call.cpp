// Arguments, taken one by one.
// Reasons for skipping name the argument, so that the table says what the seam has no place for.
#include "spec/unified/call.hpp"

#include <stdexcept>

#include "spec/report.hpp"

namespace kinship::spec {
namespace {

const Json& no_arguments() {
  static const Json none = Json::object();
  return none;
}

[[noreturn]] void no_place(const std::string& what) { throw Skip{"the seam has no place for " + what}; }

}  // namespace

Call::Call(const Json& operation)
    : operation_(&operation),
      arguments_(operation.contains("arguments") ? &operation.at("arguments") : &no_arguments()),
      name_(operation.at("name").get<std::string>()),
      object_(operation.at("object").get<std::string>()) {}

const Json* Call::find(const std::string& argument) {
  const auto found = arguments_->find(argument);
  taken_.insert(argument);
  return found == arguments_->end() ? nullptr : &*found;
}

const Json& Call::get(const std::string& argument) {
  const Json* const found = find(argument);
  if (found == nullptr) throw std::runtime_error(name_ + " has no argument " + argument);
  return *found;
}

bson::Document Call::document(const std::string& argument) {
  const Json* const found = find(argument);
  if (found == nullptr) return {};
  if (found->is_array()) no_place("a pipeline as " + argument);
  return from_extended_json(*found);
}

bson::Document Call::array(const std::string& argument) {
  const Json* const found = find(argument);
  if (found == nullptr) return {};
  return bson::Document(value_from_json(*found).view().as_document());
}

std::string Call::text(const std::string& argument) {
  const Json* const found = find(argument);
  return found == nullptr ? "" : found->get<std::string>();
}

std::uint64_t Call::number(const std::string& argument) {
  const Json* const found = find(argument);
  return found == nullptr ? 0 : found->get<std::uint64_t>();
}

bool Call::flag(const std::string& argument, bool otherwise) {
  const Json* const found = find(argument);
  return found == nullptr ? otherwise : found->get<bool>();
}

void Call::done() const {
  for (const auto& [name, value] : arguments_->items())
    if (!taken_.contains(name)) no_place("the argument " + name);
}

std::string seam_hint(const Json& hint) {
  if (!hint.is_string()) no_place("a hint that is no index's name");
  return hint.get<std::string>();
}

std::string seam_comment(const Json& comment) {
  if (!comment.is_string()) no_place("a comment that is no text");
  return comment.get<std::string>();
}

std::string seam_read_concern(const Json& concern) { return concern.value("level", ""); }

std::string seam_write_concern(const Json& concern) {
  for (const auto& [name, value] : concern.items())
    if (name != "w") no_place("a write concern's " + name);
  const Json& w = concern.value("w", Json(""));
  return w.is_string() ? w.get<std::string>() : std::to_string(w.get<int>());
}

ReadPreference seam_read_preference(const Json& preference) {
  for (const auto& [name, value] : preference.items())
    if (name != "mode") no_place("a read preference's " + name);
  const std::string mode = preference.value("mode", "primary");
  if (mode == "primary") return ReadPreference::primary;
  if (mode == "primaryPreferred") return ReadPreference::primary_preferred;
  if (mode == "secondary") return ReadPreference::secondary;
  if (mode == "secondaryPreferred") return ReadPreference::secondary_preferred;
  return ReadPreference::nearest;
}

}  // namespace kinship::spec
