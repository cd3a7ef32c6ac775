// The typed objects of Extended JSON v2, {"$oid": "..."} and its kin: recognising and reading them.
// Private to the library.
#pragma once

#include <kinship/value/json.hpp>
#include <string_view>

namespace kinship::detail {

/// Is it an object whose first key makes it a typed value?
bool is_typed(const json& object);

/// Appends the typed value; false if the object is an ordinary document. Throws `type_mismatch` if it is malformed.
bool append_typed(bson::Builder& out, std::string_view name, const json& object, const DecodeSite& site);

/// Throws `type_mismatch` naming the place, what was found there and what was expected.
[[noreturn]] void refuse_json(const DecodeSite& site, const json& found, std::string_view expected);

}  // namespace kinship::detail
