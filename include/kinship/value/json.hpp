// JSON: documents as Extended JSON v2, values for conditions, kinship::json members, and models (json_model.hpp, from here).
// The only header that includes nlohmann/json.hpp, because that costs a second.
#pragma once

#include <kinship/value/codec.hpp>
#include <kinship/value/json_fwd.hpp>
#include <kinship/value/value.hpp>

#include <concepts>
#include <nlohmann/json.hpp>
#include <string_view>

namespace kinship {

namespace detail {
template <class J>
concept plain_json = std::same_as<J, nlohmann::json>;

// Copies a plain nlohmann::json; throws `type_mismatch` if it is nested more than bson::max_depth deep.
json to_ordered(const nlohmann::json& value);
void append_extended(bson::Builder& out, std::string_view name, const json& value, const DecodeSite& site);
void append_plain(bson::Builder& out, std::string_view name, const json& value, const DecodeSite& site);
}  // namespace detail

/// A document or value as Extended JSON v2: relaxed (plain numbers, ISO dates) or canonical (every type kept exactly).
/// Strings are passed on as they are stored; dump with `json::error_handler_t::replace` if they may hold bad UTF-8.
json to_extended_json(bson::DocumentView document, bool canonical = false);
json to_extended_json(bson::ValueView value, bool canonical = false);

/// A document from Extended JSON v2 in either form. Plain integers become int32 if they fit, else int64; plain decimals
/// doubles. Throws `type_mismatch` naming the path for what is no object, for a malformed {"$oid": ...} and the like, and
/// for integers beyond int64; `invalid_query` beyond bson::max_depth levels.
bson::Document from_extended_json(const json& document);
template <detail::plain_json J>
bson::Document from_extended_json(const J& document) {
  return from_extended_json(detail::to_ordered(document));
}

/// One value from Extended JSON v2; errors as above.
Value value_from_json(const json& value);
template <detail::plain_json J>
Value value_from_json(const J& value) {
  return value_from_json(detail::to_ordered(value));
}

/// JSON as it stands, for conditions: nothing in it is interpreted, so {"$ne": null} and {"$oid": "..."} from a request stay
/// objects that are compared as values.
Value plain_value(const json& value);

template <>
struct ValueFrom<json> {
  static Value from(const json& value) { return plain_value(value); }
};
template <>
struct ValueFrom<nlohmann::json> {
  static Value from(const nlohmann::json& value) { return plain_value(detail::to_ordered(value)); }
};

/// A member of any content: stored as the BSON that its Extended JSON means, read back as relaxed Extended JSON.
template <>
struct Codec<json> {
  static void encode(bson::Builder& out, std::string_view name, const json& value);
  static void decode(bson::ValueView value, json& out, const DecodeSite& site);
  static constexpr FieldType type() { return {FieldKind::json, {}, false, "json"}; }
};

}  // namespace kinship

#include <kinship/value/json_model.hpp>  // IWYU pragma: export
