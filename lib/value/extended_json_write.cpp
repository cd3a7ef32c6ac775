// BSON as Extended JSON v2, relaxed or canonical, every type of the format.
// Objects are filled at the end of their vector, because ordered_json's own insertion looks through all fields each time.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <kinship/value/json.hpp>

#include "value/base64.hpp"
#include "value/hex.hpp"

namespace kinship {
namespace {

constexpr std::int64_t year_10000 = 253'402'300'800'000;

json object() { return json::object(); }

void add(json& out, std::string_view name, json value) {
  out.get_ref<json::object_t&>().emplace_back(std::string(name), std::move(value));
}

json wrapped(std::string_view name, json value) {
  json out = object();
  add(out, name, std::move(value));
  return out;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char digits[32];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  std::string text(digits, result.ptr);
  return text.find_first_of(".e") == text.npos ? text + ".0" : text;
}

json from_value(bson::ValueView value, bool canonical);

json from_fields(bson::DocumentView document, bool canonical) {
  json out = object();
  for (const bson::Element& element : document) add(out, element.name, from_value(element.value, canonical));
  return out;
}

json from_array(bson::DocumentView array, bool canonical) {
  json out = json::array();
  for (const bson::Element& element : array) out.push_back(from_value(element.value, canonical));
  return out;
}

json from_date(std::int64_t milliseconds, bool canonical) {
  if (!canonical && milliseconds >= 0 && milliseconds < year_10000) return wrapped("$date", format_date(milliseconds));
  return wrapped("$date", wrapped("$numberLong", std::to_string(milliseconds)));
}

json from_binary(bson::ValueView value) {
  const std::uint8_t subtype = value.binary_subtype();
  std::string_view bytes = value.binary_bytes();
  if (subtype == 2 && bytes.size() >= 4) bytes.remove_prefix(4);  // its length once more, which JSON leaves out
  json inner = object();
  add(inner, "base64", detail::to_base64(bytes));
  add(inner, "subType", detail::to_hex(&subtype, 1));
  return wrapped("$binary", std::move(inner));
}

json from_regex(bson::ValueView value) {
  json inner = object();
  add(inner, "pattern", std::string(value.regex_pattern()));
  std::string options(value.regex_options());
  std::sort(options.begin(), options.end());
  add(inner, "options", std::move(options));
  return wrapped("$regularExpression", std::move(inner));
}

json from_timestamp(bson::ValueView value) {
  const auto bits = static_cast<std::uint64_t>(value.as_int64());
  json inner = object();
  add(inner, "t", bits >> 32);
  add(inner, "i", bits & 0xffff'ffff);
  return wrapped("$timestamp", std::move(inner));
}

// code with scope: total length, string, document.
json from_scoped_code(bson::ValueView value, bool canonical) {
  std::uint32_t size;
  std::memcpy(&size, value.data() + 4, 4);
  json out = wrapped("$code", std::string(reinterpret_cast<const char*>(value.data()) + 8, size - 1));
  add(out, "$scope", from_fields(bson::DocumentView(value.data() + 8 + size), canonical));
  return out;
}

// db_pointer: string, ObjectId.
json from_pointer(bson::ValueView value) {
  std::uint32_t size;
  std::memcpy(&size, value.data(), 4);
  json inner = object();
  add(inner, "$ref", std::string(reinterpret_cast<const char*>(value.data()) + 4, size - 1));
  add(inner, "$id", wrapped("$oid", detail::to_hex(value.data() + 4 + size, 12)));
  return wrapped("$dbPointer", std::move(inner));
}

json from_value(bson::ValueView value, bool canonical) {
  using bson::Type;
  switch (value.type()) {
    case Type::double_:
      if (canonical || !std::isfinite(value.as_double())) return wrapped("$numberDouble", number_text(value.as_double()));
      return value.as_double();
    case Type::int32:
      return canonical ? wrapped("$numberInt", std::to_string(value.as_int32())) : json(value.as_int32());
    case Type::int64:
      return canonical ? wrapped("$numberLong", std::to_string(value.as_int64())) : json(value.as_int64());
    case Type::string:
      return std::string(value.as_string());
    case Type::document:
      return from_fields(value.as_document(), canonical);
    case Type::array:
      return from_array(value.as_document(), canonical);
    case Type::binary:
      return from_binary(value);
    case Type::undefined:
      return wrapped("$undefined", true);
    case Type::object_id:
      return wrapped("$oid", detail::to_hex(value.as_object_id(), 12));
    case Type::boolean:
      return value.as_bool();
    case Type::date:
      return from_date(value.as_int64(), canonical);
    case Type::regex:
      return from_regex(value);
    case Type::db_pointer:
      return from_pointer(value);
    case Type::code:
      return wrapped("$code", std::string(value.as_string()));
    case Type::symbol:
      return wrapped("$symbol", std::string(value.as_string()));
    case Type::code_with_scope:
      return from_scoped_code(value, canonical);
    case Type::timestamp:
      return from_timestamp(value);
    case Type::decimal128:
      return wrapped("$numberDecimal", Decimal128::from_bytes(value.data()).to_string());
    case Type::max_key:
      return wrapped("$maxKey", 1);
    case Type::min_key:
      return wrapped("$minKey", 1);
    case Type::null:
    case Type::missing:
      break;
  }
  return nullptr;
}

}  // namespace

json to_extended_json(bson::DocumentView document, bool canonical) { return from_fields(document, canonical); }

json to_extended_json(bson::ValueView value, bool canonical) { return from_value(value, canonical); }

}  // namespace kinship
