// The name of documents as JSON, without nlohmann's definitions: what headers that only pass it on include.
// Whoever looks inside one includes <kinship/value/json.hpp>.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace kinship {

/// Keeps the order of fields, which is meaning in documents (embedded equality, compound sorts and keys).
using json = nlohmann::ordered_json;

}  // namespace kinship
