// See json_documents.hpp.
#include "json_documents.hpp"

#include <kinship/value/datetime.hpp>
#include <kinship/value/decimal128.hpp>
#include <kinship/value/object_id.hpp>
#include <limits>
#include <sstream>

#include "driver/sqlite/number.hpp"

namespace kinship::sqlite::test {
namespace {

using bson::Builder;
using bson::Type;

std::string decode_base64(const std::string& text) {
  static const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0, count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(alphabet.find(c));
    count += 6;
    if (count >= 8) out += static_cast<char>(bits >> (count -= 8));
  }
  return out;
}

void append(Builder& builder, const std::string& name, const Json& value);

bool append_special(Builder& builder, const std::string& name, const Json& value) {
  const std::string key = value.begin().key();
  const Json& inner = value.begin().value();
  if (key == "$numberInt") {
    builder.append_int32(name, std::stoi(inner.get<std::string>()));
  } else if (key == "$numberLong") {
    builder.append_int64(name, std::stoll(inner.get<std::string>()));
  } else if (key == "$numberDouble") {
    builder.append_double(name, std::stod(inner.get<std::string>()));
  } else if (key == "$numberDecimal") {
    builder.append_decimal128(name, Decimal128(inner.get<std::string>()).bytes().data());
  } else if (key == "$oid") {
    builder.append_object_id(name, ObjectId(inner.get<std::string>()).bytes().data());
  } else if (key == "$date") {
    if (!inner.is_object()) throw std::runtime_error("write dates as {$date: {$numberLong: ...}}");
    builder.append_date(name, std::stoll(inner["$numberLong"].get<std::string>()));
  } else if (key == "$timestamp") {
    builder.append_timestamp(name, inner["t"].get<std::uint64_t>() << 32 | inner["i"].get<std::uint64_t>());
  } else if (key == "$binary") {
    const auto subtype = static_cast<std::uint8_t>(std::stoi(inner["subType"].get<std::string>(), nullptr, 16));
    builder.append_binary(name, subtype, decode_base64(inner["base64"].get<std::string>()));
  } else if (key == "$regularExpression") {
    builder.append_regex(name, inner["pattern"].get<std::string>(), inner["options"].get<std::string>());
  } else if (key == "$minKey") {
    builder.append_min_key(name);
  } else if (key == "$maxKey") {
    builder.append_max_key(name);
  } else if (key == "$undefined") {
    builder.append(name, bson::ValueView(Type::undefined, nullptr, 0));
  } else {
    return false;
  }
  return true;
}

void append(Builder& builder, const std::string& name, const Json& value) {
  if (value.is_object()) {
    if (value.size() == 1 && append_special(builder, name, value)) return;
    builder.begin_document(name);
    for (const auto& [key, inner] : value.items()) append(builder, key, inner);
    builder.end();
  } else if (value.is_array()) {
    builder.begin_array(name);
    for (const auto& inner : value) append(builder, "", inner);
    builder.end();
  } else if (value.is_string()) {
    builder.append_string(name, value.get<std::string>());
  } else if (value.is_boolean()) {
    builder.append_bool(name, value.get<bool>());
  } else if (value.is_null()) {
    builder.append_null(name);
  } else if (value.is_number_float()) {
    builder.append_double(name, value.get<double>());
  } else {
    const auto number = value.get<std::int64_t>();
    if (number >= INT32_MIN && number <= INT32_MAX) {
      builder.append_int32(name, static_cast<std::int32_t>(number));
    } else {
      builder.append_int64(name, number);
    }
  }
}

void print(std::ostream& out, bson::ValueView value);

void print(std::ostream& out, bson::DocumentView document, bool names) {
  const char* separator = "";
  for (const auto& [name, value] : document) {
    out << separator;
    if (names) out << name << ": ";
    print(out, value);
    separator = ", ";
  }
}

void print(std::ostream& out, bson::ValueView value) {
  switch (value.type()) {
    case Type::document:
      out << "{";
      print(out, value.as_document(), true);
      out << "}";
      break;
    case Type::array:
      out << "[";
      print(out, value.as_document(), false);
      out << "]";
      break;
    case Type::string:
      out << '"' << value.as_string() << '"';
      break;
    case Type::int32:
      out << value.as_int32();
      break;
    case Type::int64:
      out << "long " << value.as_int64();
      break;
    case Type::double_:
      out << "double " << value.as_double();
      break;
    case Type::boolean:
      out << (value.as_bool() ? "true" : "false");
      break;
    case Type::date:
      out << "date " << value.as_int64();
      break;
    case Type::decimal128:
      out << "decimal " << Decimal128::from_bytes(value.data()).to_string();
      break;
    case Type::regex:
      out << '/' << value.regex_pattern() << '/' << value.regex_options();
      break;
    default:
      out << bson::type_name(value.type());
      for (std::uint32_t i = 0; i < value.size(); ++i) out << ' ' << static_cast<int>(value.data()[i]);
  }
}

}  // namespace

bson::Document from_json(const Json& json) {
  Builder builder;
  for (const auto& [key, value] : json.items()) append(builder, key, value);
  return builder.finish();
}

bson::Document doc(std::string_view text) { return from_json(Json::parse(text)); }

bson::Document array(const Json& json) {
  Builder builder;
  std::size_t index = 0;
  for (const auto& value : json) append(builder, std::to_string(index++), value);
  return builder.finish();
}

std::string text(bson::DocumentView document) {
  std::ostringstream out;
  out << "{";
  print(out, document, true);
  out << "}";
  return out.str();
}

}  // namespace kinship::sqlite::test
