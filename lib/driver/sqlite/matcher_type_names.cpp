// See matcher_type_names.hpp.
#include "matcher_type_names.hpp"

#include "number.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

namespace {

struct Name {
  std::string_view name;
  Type type;
};

constexpr Name names[] = {
    {"double", Type::double_},     {"string", Type::string},       {"object", Type::document},
    {"array", Type::array},        {"binData", Type::binary},      {"undefined", Type::undefined},
    {"objectId", Type::object_id}, {"bool", Type::boolean},        {"date", Type::date},
    {"null", Type::null},          {"regex", Type::regex},         {"dbPointer", Type::db_pointer},
    {"javascript", Type::code},    {"symbol", Type::symbol},       {"javascriptWithScope", Type::code_with_scope},
    {"int", Type::int32},          {"timestamp", Type::timestamp}, {"long", Type::int64},
    {"decimal", Type::decimal128}, {"minKey", Type::min_key},      {"maxKey", Type::max_key}};

void add_name(TypeSet& types, std::string_view text) {
  if (text == "number") {
    for (const Type type : {Type::double_, Type::int32, Type::int64, Type::decimal128}) types.add(type);
    return;
  }
  for (const Name& known : names) {
    if (known.name == text) return types.add(known.type);
  }
  fail(2, "Unknown type name alias: " + quoted(text) +
              "; $type knows \"string\", \"number\", \"object\", \"array\", \"date\", \"objectId\", ...");
}

void add_number(TypeSet& types, ValueView value) {
  const auto number = exact_int64(value);
  for (const Name& known : names) {
    const int code = known.type == Type::min_key ? -1 : static_cast<int>(known.type);
    if (number && *number == code) return types.add(known.type);
  }
  fail(2, "Invalid numerical type code" + (number ? ": " + std::to_string(*number) : std::string()) +
              "; use a type name such as \"string\"");
}

void add(TypeSet& types, ValueView value) {
  if (value.is(Type::string)) return add_name(types, value.as_string());
  if (value.is_number()) return add_number(types, value);
  fail(14, "type must be represented as a number or a string in $type");
}

}  // namespace

TypeSet parse_types(ValueView operand) {
  TypeSet types;
  if (operand.is(Type::array)) {
    for (const auto& element : operand.as_document()) add(types, element.value);
    if (types.empty()) fail(9, "$type must match at least one type");
  } else {
    add(types, operand);
  }
  return types;
}

}  // namespace kinship::sqlite
