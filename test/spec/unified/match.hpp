// Does a value match what a test of the unified format expects? BSON against JSON with the format's operators ($$exists,
// ...). Also the entities that operators and operations refer to by name.
#pragma once

#include <kinship/value/json.hpp>
#include <map>
#include <string>

namespace kinship::spec {

using Json = kinship::json;

/// What a test has named so far: results kept with saveResultAsEntity, and the ids of sessions.
struct UnifiedValues {
  std::map<std::string, Value> values{};
  std::map<std::string, bson::Document> lsids{};
};

/// "" if it matches, else where and why not. A missing value is matched, too ($$exists: false). Documents at the root may
/// hold more than is expected, those inside may not; numbers are compared by value, the order of fields does not count.
std::string mismatch(const Json& expected, bson::ValueView actual, const UnifiedValues& known, bool root = true);
std::string mismatch(const Json& expected, bson::DocumentView actual, const UnifiedValues& known);

}  // namespace kinship::spec
