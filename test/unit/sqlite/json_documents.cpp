// See json_documents.hpp.
#include "json_documents.hpp"

#include <kinship/value/decimal128.hpp>
#include <kinship/value/json.hpp>
#include <sstream>

namespace kinship::sqlite::test {
namespace {

using bson::Type;

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

bson::Document from_json(const Json& json) { return from_extended_json(json); }

bson::Document doc(std::string_view text) { return from_json(Json::parse(text)); }

bson::Document array(const Json& json) {
  const bson::Document holder = from_json(Json{{"array", json}});
  return bson::Document(holder["array"].as_document());
}

std::string text(bson::DocumentView document) {
  std::ostringstream out;
  out << "{";
  print(out, document, true);
  out << "}";
  return out.str();
}

}  // namespace kinship::sqlite::test
