// Extended JSON v2 to BSON. Plain JSON is converted as it stands; objects such as {"$oid": "..."} by a table of readers.
// Depth is bounded by the builder and by the length of the path; every refusal names the path.
#include <kinship/error.hpp>
#include <kinship/value/json.hpp>

#include "value/extended_json_types.hpp"

namespace kinship {
namespace detail {
namespace {

void append_value(bson::Builder& out, std::string_view name, const json& value, const DecodeSite& site, bool extended);

void append_array(bson::Builder& out, std::string_view name, const json& value, const DecodeSite& site, bool extended) {
  out.begin_array(name);
  DecodeSite inner(&site);
  std::size_t i = 0;
  for (const json& element : value) {
    inner.at(i++);
    append_value(out, {}, element, inner, extended);
  }
  out.end();
}

void append_object(bson::Builder& out, std::string_view name, const json& value, const DecodeSite& site, bool extended) {
  if (extended && append_typed(out, name, value, site)) return;
  out.begin_document(name);
  DecodeSite inner(&site);
  for (const auto& [key, element] : value.get_ref<const json::object_t&>()) {
    inner.at(key);
    append_value(out, key, element, inner, extended);
  }
  out.end();
}

void append_value(bson::Builder& out, std::string_view name, const json& value, const DecodeSite& site, bool extended) {
  switch (value.type()) {
    case json::value_t::null:
      out.append_null(name);
      break;
    case json::value_t::boolean:
      out.append_bool(name, value.get<bool>());
      break;
    case json::value_t::number_unsigned:
      if (value.get<std::uint64_t>() > INT64_MAX) refuse_json(site, value, "an integer that int64 can hold");
      [[fallthrough]];
    case json::value_t::number_integer: {
      const auto number = value.get<std::int64_t>();
      if (number >= INT32_MIN && number <= INT32_MAX)
        out.append_int32(name, static_cast<std::int32_t>(number));
      else
        out.append_int64(name, number);
      break;
    }
    case json::value_t::number_float:
      out.append_double(name, value.get<double>());
      break;
    case json::value_t::string:
      out.append_string(name, value.get_ref<const std::string&>());
      break;
    case json::value_t::array:
      append_array(out, name, value, site, extended);
      break;
    case json::value_t::object:
      append_object(out, name, value, site, extended);
      break;
    case json::value_t::binary: {
      const auto& bytes = value.get_binary();
      out.append_binary(name, bytes.has_subtype() ? static_cast<std::uint8_t>(bytes.subtype()) : 0,
                        {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      break;
    }
    case json::value_t::discarded:
      refuse_json(site, value, "JSON; its text could not be parsed");
  }
}

Value first_value(bson::Builder& out) {
  const bson::Document document = out.finish();
  return Value(document.view().begin()->value);
}

}  // namespace

void append_extended(bson::Builder& out, std::string_view name, const json& value, const DecodeSite& site) {
  append_value(out, name, value, site, true);
}

void append_plain(bson::Builder& out, std::string_view name, const json& value, const DecodeSite& site) {
  append_value(out, name, value, site, false);
}

}  // namespace detail

bson::Document from_extended_json(const json& document) {
  DecodeSite site(nullptr, DecodeSite::Source::json);
  if (!document.is_object()) detail::refuse_json(site, document, "an object");
  bson::Builder out;
  if (detail::is_typed(document)) detail::refuse_json(site, document, "a document, not a single typed value");
  for (const auto& [key, value] : document.get_ref<const json::object_t&>()) {
    site.at(key);
    detail::append_extended(out, key, value, site);
  }
  return out.finish();
}

Value value_from_json(const json& value) {
  bson::Builder out;
  detail::append_extended(out, {}, value, DecodeSite(nullptr, DecodeSite::Source::json));
  return detail::first_value(out);
}

Value plain_value(const json& value) {
  bson::Builder out;
  detail::append_plain(out, {}, value, DecodeSite(nullptr, DecodeSite::Source::json));
  return detail::first_value(out);
}

void Codec<json>::encode(bson::Builder& out, std::string_view name, const json& value) {
  DecodeSite site(nullptr, DecodeSite::Source::json);
  site.at(name);
  detail::append_extended(out, name, value, site);
}

void Codec<json>::decode(bson::ValueView value, json& out, const DecodeSite&) { out = to_extended_json(value); }

}  // namespace kinship
