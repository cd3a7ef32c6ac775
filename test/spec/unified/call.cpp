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
  return found->is_array() ? array(argument) : from_extended_json(*found);
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
    if (!taken_.contains(name)) throw Skip{"the seam has no place for the argument " + name};
}

}  // namespace kinship::spec
