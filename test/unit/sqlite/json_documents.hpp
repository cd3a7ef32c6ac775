// Documents written as Extended JSON in tests: doc(R"({"a": {"$oid": "..."}})").
#pragma once

#include <kinship/value/bson.hpp>
#include <kinship/value/json_fwd.hpp>
#include <nlohmann/json.hpp>
#include <string>

namespace kinship::sqlite::test {

using Json = kinship::json;

bson::Document from_json(const Json& json);
bson::Document doc(std::string_view text);
/// An array's bytes.
bson::Document array(const Json& json);

/// Readable, with types: for messages and for exact comparison of what tests expect.
std::string text(bson::DocumentView document);

}  // namespace kinship::sqlite::test
