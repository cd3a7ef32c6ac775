// One reader for each typed object of Extended JSON v2, found by its key; what stands beside that key must belong to it.
// Text is never trusted: digits, lengths and ranges are checked before anything is appended.
#include "value/extended_json_types.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <kinship/error.hpp>

#include "value/base64.hpp"
#include "value/hex.hpp"

namespace kinship::detail {
namespace {

struct Place {
  bson::Builder& out;
  std::string_view name;
  const json& whole;  // the object with the key
  const DecodeSite& site;

  [[noreturn]] void refuse(std::string_view expected) const { refuse_json(site, whole, expected); }
};

std::string_view text_of(const json& value, const Place& place, std::string_view expected) {
  if (!value.is_string()) place.refuse(expected);
  return value.get_ref<const std::string&>();
}

template <class T>
T number_of(std::string_view text, const Place& place, std::string_view expected) {
  T number{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) place.refuse(expected);
  return number;
}

void read_oid(const json& value, const Place& place) {
  const std::string_view expected = "{\"$oid\": \"24 hexadecimal digits\"}";
  std::uint8_t bytes[12];
  if (!from_hex(text_of(value, place, expected), bytes, 12)) place.refuse(expected);
  place.out.append_object_id(place.name, bytes);
}

void read_int(const json& value, const Place& place) {
  const std::string_view expected = "{\"$numberInt\": \"an int32 as text\"}";
  place.out.append_int32(place.name, number_of<std::int32_t>(text_of(value, place, expected), place, expected));
}

void read_long(const json& value, const Place& place) {
  const std::string_view expected = "{\"$numberLong\": \"an int64 as text\"}";
  place.out.append_int64(place.name, number_of<std::int64_t>(text_of(value, place, expected), place, expected));
}

void read_double(const json& value, const Place& place) {
  const std::string_view expected = "{\"$numberDouble\": \"a number as text, NaN, Infinity or -Infinity\"}";
  const std::string_view text = text_of(value, place, expected);
  double number;
  if (text == "NaN")
    number = std::nan("");
  else if (text == "Infinity" || text == "-Infinity")
    number = text[0] == '-' ? -INFINITY : INFINITY;
  else if (text.find_first_of("nN") != text.npos)  // from_chars would read "nan" and "inf"
    place.refuse(expected);
  else
    number = number_of<double>(text.starts_with('+') ? text.substr(1) : text, place, expected);
  place.out.append_double(place.name, number);
}

void read_decimal(const json& value, const Place& place) {
  const std::string_view expected = "{\"$numberDecimal\": \"a number of up to 34 digits as text\"}";
  const auto number = Decimal128::parse(text_of(value, place, expected));
  if (!number) place.refuse(expected);
  place.out.append_decimal128(place.name, number->bytes().data());
}

void read_date(const json& value, const Place& place) {
  const std::string_view expected =
      "{\"$date\": \"2024-05-01T12:00:00Z\"} or {\"$date\": {\"$numberLong\": \"milliseconds\"}}";
  std::int64_t milliseconds;
  if (value.is_object() && value.size() == 1 && value.begin().key() == "$numberLong") {
    milliseconds = number_of<std::int64_t>(text_of(value.begin().value(), place, expected), place, expected);
  } else {
    const auto date = parse_date(text_of(value, place, expected));
    if (!date) place.refuse(expected);
    milliseconds = *date;
  }
  place.out.append_date(place.name, milliseconds);
}

void read_binary(const json& value, const Place& place) {
  const std::string_view expected = "{\"$binary\": {\"base64\": \"...\", \"subType\": \"two hexadecimal digits\"}}";
  if (!value.is_object() || value.size() != 2 || !value.contains("base64") || !value.contains("subType"))
    place.refuse(expected);
  const auto bytes = from_base64(text_of(value["base64"], place, expected));
  std::string digits(text_of(value["subType"], place, expected));
  if (digits.size() == 1) digits.insert(0, 1, '0');
  std::uint8_t subtype;
  if (!bytes || !from_hex(digits, &subtype, 1)) place.refuse(expected);
  std::string text;
  if (subtype == 2) {  // stored with its length once more inside, which JSON leaves out
    const auto inner = static_cast<std::uint32_t>(bytes->size());
    text.assign(reinterpret_cast<const char*>(&inner), sizeof inner);
  }
  text.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  place.out.append_binary(place.name, subtype, text);
}

void read_uuid(const json& value, const Place& place) {
  const std::string_view expected = "{\"$uuid\": \"8-4-4-4-12 hexadecimal digits\"}";
  const auto id = Uuid::parse(text_of(value, place, expected));
  if (!id) place.refuse(expected);
  Id(*id).append_to(place.out, place.name);
}

void read_regex(const json& value, const Place& place) {
  const std::string_view expected = "{\"$regularExpression\": {\"pattern\": \"...\", \"options\": \"...\"}}";
  if (!value.is_object() || value.size() != 2 || !value.contains("pattern") || !value.contains("options"))
    place.refuse(expected);
  const std::string_view options = text_of(value["options"], place, expected);
  place.out.append_regex(place.name, text_of(value["pattern"], place, expected), options);
}

void read_timestamp(const json& value, const Place& place) {
  const std::string_view expected = "{\"$timestamp\": {\"t\": seconds, \"i\": counter}}, both of 32 bits";
  if (!value.is_object() || value.size() != 2 || !value.contains("t") || !value.contains("i")) place.refuse(expected);
  std::uint64_t parts[2];
  const char* keys[] = {"t", "i"};
  for (int k = 0; k < 2; ++k) {
    const json& part = value[keys[k]];
    if (!part.is_number_integer() || part.get<std::int64_t>() < 0 || part.get<std::uint64_t>() > UINT32_MAX)
      place.refuse(expected);
    parts[k] = part.get<std::uint64_t>();
  }
  place.out.append_timestamp(place.name, parts[0] << 32 | parts[1]);
}

void read_pointer(const json& value, const Place& place) {
  const std::string_view expected = "{\"$dbPointer\": {\"$ref\": \"...\", \"$id\": {\"$oid\": \"...\"}}}";
  if (!value.is_object() || value.size() != 2 || !value.contains("$ref") || !value.contains("$id")) place.refuse(expected);
  const std::string_view ref = text_of(value["$ref"], place, expected);
  const json& id = value["$id"];
  std::uint8_t bytes[12];
  if (!id.is_object() || id.size() != 1 || id.begin().key() != "$oid" ||
      !from_hex(text_of(id.begin().value(), place, expected), bytes, 12))
    place.refuse(expected);
  std::string payload(4, '\0');
  const auto length = static_cast<std::uint32_t>(ref.size() + 1);
  std::memcpy(payload.data(), &length, 4);
  payload.append(ref).append(1, '\0').append(reinterpret_cast<const char*>(bytes), 12);
  place.out.append(place.name, bson::ValueView(bson::Type::db_pointer, reinterpret_cast<const std::uint8_t*>(payload.data()),
                                               static_cast<std::uint32_t>(payload.size())));
}

// Strings of another type: code and symbol.
void append_text(bson::Type type, std::string_view text, const Place& place) {
  const Value value(text);
  place.out.append(place.name, bson::ValueView(type, value.view().data(), value.view().size()));
}

void read_symbol(const json& value, const Place& place) {
  append_text(bson::Type::symbol, text_of(value, place, "{\"$symbol\": \"...\"}"), place);
}

void read_code(const json&, const Place& place) {
  const std::string_view expected = "{\"$code\": \"...\"}, with or without a \"$scope\" document";
  if (!place.whole.contains("$code")) place.refuse(expected);
  const std::string_view code = text_of(place.whole["$code"], place, expected);
  if (!place.whole.contains("$scope")) return append_text(bson::Type::code, code, place);
  const json& scope = place.whole["$scope"];
  DecodeSite inner(&place.site);
  inner.at("$scope");
  // A builder of its own begins at depth 0 again, so the path bounds the nesting.
  if (inner.depth() > bson::max_depth) place.refuse("code nested less deep");
  if (!scope.is_object()) place.refuse(expected);
  bson::Builder fields;
  append_extended(fields, "s", scope, inner);
  const bson::Document document = fields.finish();
  if (!document["s"].is(bson::Type::document)) place.refuse(expected);
  const Value text(code);
  std::vector<std::uint8_t> payload(4);
  payload.insert(payload.end(), text.view().data(), text.view().data() + text.view().size());
  payload.insert(payload.end(), document["s"].data(), document["s"].data() + document["s"].size());
  const auto length = static_cast<std::uint32_t>(payload.size());
  std::memcpy(payload.data(), &length, 4);
  place.out.append(place.name, bson::ValueView(bson::Type::code_with_scope, payload.data(), length));
}

bool is_one(const json& value) { return value.is_number_integer() && value.get<std::int64_t>() == 1; }

void read_min_key(const json& value, const Place& place) {
  if (!is_one(value)) place.refuse("{\"$minKey\": 1}");
  place.out.append_min_key(place.name);
}

void read_max_key(const json& value, const Place& place) {
  if (!is_one(value)) place.refuse("{\"$maxKey\": 1}");
  place.out.append_max_key(place.name);
}

void read_undefined(const json& value, const Place& place) {
  if (!value.is_boolean() || !value.get<bool>()) place.refuse("{\"$undefined\": true}");
  place.out.append(place.name, bson::ValueView(bson::Type::undefined, nullptr, 0));
}

struct Reader {
  std::string_view key;
  void (*read)(const json& value, const Place& place);
};

constexpr Reader readers[] = {{"$oid", read_oid},
                              {"$date", read_date},
                              {"$numberInt", read_int},
                              {"$numberLong", read_long},
                              {"$numberDouble", read_double},
                              {"$numberDecimal", read_decimal},
                              {"$binary", read_binary},
                              {"$uuid", read_uuid},
                              {"$regularExpression", read_regex},
                              {"$timestamp", read_timestamp},
                              {"$code", read_code},
                              {"$scope", read_code},
                              {"$symbol", read_symbol},
                              {"$dbPointer", read_pointer},
                              {"$minKey", read_min_key},
                              {"$maxKey", read_max_key},
                              {"$undefined", read_undefined}};

const Reader* find_reader(const json& object) {
  if (object.empty()) return nullptr;
  const std::string& key = object.get_ref<const json::object_t&>().front().first;
  if (!key.starts_with('$')) return nullptr;
  for (const Reader& reader : readers)
    if (reader.key == key) return &reader;
  return nullptr;
}

}  // namespace

bool is_typed(const json& object) { return find_reader(object) != nullptr; }

bool append_typed(bson::Builder& out, std::string_view name, const json& object, const DecodeSite& site) {
  const Reader* reader = find_reader(object);
  if (reader == nullptr) return false;
  const bool code = reader->read == read_code;
  if (object.size() != (code && object.contains("$scope") ? 2u : 1u))
    refuse_json(site, object, "nothing beside \"" + std::string(reader->key) + "\"");
  reader->read(object.get_ref<const json::object_t&>().front().second, {out, name, object, site});
  return true;
}

void refuse_json(const DecodeSite& site, const json& found, std::string_view expected) {
  // Described without recursion: this may be anything a stranger sent.
  std::string text;
  if (found.is_string()) {
    const auto& string = found.get_ref<const std::string&>();
    text = "\"" + string.substr(0, 60) + (string.size() > 60 ? "...\"" : "\"");
  } else if (found.is_array()) {
    text = "an array";
  } else if (found.is_object() && !found.empty()) {
    const auto& [key, value] = found.get_ref<const json::object_t&>().front();
    text = "{\"" + key.substr(0, 40) + "\": ";
    text += value.is_structured() ? "..." : value.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 60);
    text += found.size() > 1 ? ", ...}" : "}";
  } else if (found.is_binary()) {
    text = "binary";
  } else {
    text = found.dump();
  }
  site.refuse(text, expected);
}

}  // namespace kinship::detail
