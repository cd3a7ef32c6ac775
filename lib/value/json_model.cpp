// Single members to and from the JSON of models: ids as hex, dates as ISO 8601, decimals and binaries as text.
// What does not fit is passed on as it came, so that the member's codec refuses it in its own words.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <kinship/error.hpp>
#include <kinship/value/json.hpp>

#include "value/base64.hpp"
#include "value/extended_json_types.hpp"
#include "value/nearest.hpp"

namespace kinship {
namespace detail {
namespace {

json from_array(bson::DocumentView array) {
  json out = json::array();
  for (const bson::Element& element : array) out.push_back(member_to_json(element.value));
  return out;
}

json from_fields(bson::DocumentView document) {
  json out = json::object();
  for (const bson::Element& element : document)
    out.get_ref<json::object_t&>().emplace_back(std::string(element.name), member_to_json(element.value));
  return out;
}

json from_double(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
}

void append_id(bson::Builder& out, const std::string& text) {
  if (const auto oid = ObjectId::parse(text))
    Id(*oid).append_to(out, {});
  else if (const auto uuid = text.size() == 36 ? Uuid::parse(text) : std::nullopt)
    Id(*uuid).append_to(out, {});
  else
    out.append_string({}, text);
}

// Text as the kind of member asks for it; false: as it came.
bool append_text(bson::Builder& out, const std::string& text, FieldKind kind) {
  switch (kind) {
    case FieldKind::object_id:
      if (const auto id = ObjectId::parse(text)) return Id(*id).append_to(out, {}), true;
      return false;
    case FieldKind::uuid:
      if (const auto id = Uuid::parse(text)) return Id(*id).append_to(out, {}), true;
      return false;
    case FieldKind::id:
      return append_id(out, text), true;
    case FieldKind::date:
      if (const auto date = parse_date(text)) return out.append_date({}, *date), true;
      return false;
    case FieldKind::decimal128:
      if (const auto number = Decimal128::parse(text)) return out.append_decimal128({}, number->bytes().data()), true;
      return false;
    case FieldKind::binary:
      if (const auto bytes = from_base64(text))
        return out.append_binary({}, 0, {reinterpret_cast<const char*>(bytes->data()), bytes->size()}), true;
      return false;
    case FieldKind::floating:
      if (text == "NaN") return out.append_double({}, std::nan("")), true;
      if (text == "Infinity" || text == "-Infinity")
        return out.append_double({}, text[0] == '-' ? -INFINITY : INFINITY), true;
      return false;
    default:
      return false;
  }
}

bool append_decimal(bson::Builder& out, double value) {
  char digits[32];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  const auto number = Decimal128::parse(std::string_view(digits, static_cast<std::size_t>(result.ptr - digits)));
  if (number) out.append_decimal128({}, number->bytes().data());
  return number.has_value();
}

std::size_t json_depth(const json& value, std::size_t left) {
  if (left == 0) return 1;
  std::size_t deepest = 0;
  if (value.is_array())
    for (const json& element : value) deepest = std::max(deepest, json_depth(element, left - 1));
  if (value.is_object())
    for (const auto& [key, element] : value.get_ref<const json::object_t&>())
      deepest = std::max(deepest, json_depth(element, left - 1));
  return deepest + value.is_structured();
}

std::size_t json_depth(const nlohmann::json& value, std::size_t left) {
  if (left == 0) return 1;
  std::size_t deepest = 0;
  if (value.is_structured())
    for (const nlohmann::json& element : value) deepest = std::max(deepest, json_depth(element, left - 1));
  return deepest + value.is_structured();
}

[[noreturn]] void too_deep() {
  throw error(errc::type_mismatch, "the JSON is nested more than 100 deep; make the value flatter");
}

}  // namespace

json to_ordered(const nlohmann::json& value) {
  // Copying recurses, so the depth is looked at first.
  if (json_depth(value, bson::max_depth + 1) > bson::max_depth) too_deep();
  return json(value);
}

json member_to_json(bson::ValueView value) {
  switch (value.type()) {
    case bson::Type::object_id:
      return Id::from(value).to_string();
    case bson::Type::date:
      return format_date(value.as_int64());
    case bson::Type::decimal128:
      return Decimal128::from_bytes(value.data()).to_string();
    case bson::Type::double_:
      return from_double(value.as_double());
    case bson::Type::array:
      return from_array(value.as_document());
    case bson::Type::document:
      return from_fields(value.as_document());
    case bson::Type::binary:
      if (const auto id = Id::try_from(value)) return id->to_string();
      if (value.binary_subtype() == 0) return to_base64(value.binary_bytes());
      return to_extended_json(value);
    default:
      return to_extended_json(value);
  }
}

bson::Document member_from_json(const json& value, FieldKind kind, const DecodeSite& site) {
  bson::Builder out;
  bool done = false;
  if (value.is_string()) done = append_text(out, value.get_ref<const std::string&>(), kind);
  if (value.is_number_float() && kind == FieldKind::decimal128) done = append_decimal(out, value.get<double>());
  if (!done) append_extended(out, {}, value, site);
  return out.finish();
}

void wrong_json(const json& found, std::string_view expected, const DecodeSite& site) { refuse_json(site, found, expected); }

void unknown_json_field(std::string_view name, std::span<const std::string_view> known, const DecodeSite& site) {
  ErrorContext context;
  if (site.model() != nullptr) context.model = site.model();
  std::string sentence = "there is no field '" + site.path().substr(0, 200) + "'";
  if (!context.model.empty()) sentence += " in " + context.model;
  if (const auto nearest = nearest_name(name, known); !nearest.empty()) {
    sentence += "; did you mean '" + std::string(nearest) + "'?";
  } else {
    sentence += "; the fields are";
    for (const std::string_view each : known) sentence.append(each == known[0] ? " " : ", ").append(each);
  }
  throw error(errc::unknown_field, std::move(sentence), std::move(context));
}

void require_json_depth(const json&, const DecodeSite& site) {
  if (site.depth() > bson::max_depth) too_deep();
}

}  // namespace detail

void JsonCodec<json>::decode(const json& value, json& out, const DecodeSite&) {
  if (detail::json_depth(value, bson::max_depth + 1) > bson::max_depth) detail::too_deep();
  out = value;
}

}  // namespace kinship
