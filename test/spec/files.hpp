// The files of the specification tests: where they lie, and each as JSON.
// Field order is kept, because it means something in documents.
#pragma once

#include <functional>
#include <kinship/value/json.hpp>
#include <string>

#include "spec/report.hpp"

namespace kinship::spec {

using Json = kinship::json;

/// Calls `use(name, json)` for each JSON file below `folder` (relative to the data), in order of their names.
void each_file(const std::string& folder, const std::function<void(const std::string& name, const Json& file)>& use);

/// The member, or null if it is absent.
const Json& member(const Json& object, const std::string& name);

}  // namespace kinship::spec
