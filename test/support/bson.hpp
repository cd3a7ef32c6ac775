// Documents for tests in one expression: doc("a", 1, "tags", array("x", "y"), "sub", doc("b", nullptr)).
// Values are whatever kinship::Value takes.
#pragma once

#include <string_view>
#include <vector>

#include <kinship/value/value.hpp>

namespace kinship::test {

inline void append_fields(bson::Builder&) {}
template <class T, class... Rest>
void append_fields(bson::Builder& builder, std::string_view name, const T& value, const Rest&... rest) {
  builder.append(name, Value(value).view());
  append_fields(builder, rest...);
}

template <class... Fields>
bson::Document doc(const Fields&... fields) {
  bson::Builder builder;
  append_fields(builder, fields...);
  return builder.finish();
}

template <class... Values>
Value array(const Values&... values) {
  bson::Builder builder;
  builder.begin_array("a");
  (builder.append("", Value(values).view()), ...);
  return Value(builder.end().finish().view().find("a"));
}

}  // namespace kinship::test
