// The pool; see value_pool.hpp.
#include "value_pool.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "driver/sqlite/number.hpp"

namespace kinship::sqlite::test {
namespace {

using bson::Builder;
using namespace std::string_view_literals;

void append_doubles(Builder& builder) {
  const double inf = std::numeric_limits<double>::infinity();
  for (double value : {0.0, -0.0, 0.1, 0.5, 1.0, 1.5, 2.0, 10.0, 1e15, 9007199254740992.0, 9007199254740994.0,
                       9223372036854775807.0, 1e20, 1e300, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, inf}) {
    builder.append_double("", value);
    builder.append_double("", -value);
  }
  builder.append_double("", std::nan(""));
}

void append_integers(Builder& builder) {
  for (std::int32_t value : {0, 1, -1, 2, 10, -10, INT32_MAX, INT32_MIN}) builder.append_int32("", value);
  const std::int64_t two_53 = 9007199254740992;
  for (std::int64_t value :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, two_53 - 1, two_53, two_53 + 1, two_53 + 2, -two_53 - 1, -two_53,
        std::int64_t{1} << 62, (std::int64_t{1} << 62) + 1, INT64_MAX, INT64_MAX - 1, INT64_MIN, INT64_MIN + 1}) {
    builder.append_int64("", value);
  }
}

void append_decimals(Builder& builder) {
  for (bool negative : {false, true}) {
    append_decimal(builder, "", 0, 0, negative);
    append_decimal(builder, "", 1, 0, negative);
    append_decimal(builder, "", 10, -1, negative);
    append_decimal(builder, "", 1, -1, negative);
    append_decimal(builder, "", 5, -1, negative);
    append_decimal(builder, "", 15, -1, negative);
    append_decimal(builder, "", 1, 1, negative);
    append_decimal(builder, "", 9007199254740993, 0, negative);
    append_decimal(builder, "", 90071992547409935, -1, negative);
    append_decimal(builder, "", 9223372036854775807u, 0, negative);
    append_decimal(builder, "", 9223372036854775808u, 0, negative);
    append_decimal(builder, "", 1, 20, negative);
    append_decimal(builder, "", 1, 300, negative);
    append_decimal(builder, "", 1, 309, negative);
    append_decimal(builder, "", 1, 6111, negative);
    append_decimal(builder, "", 1, -324, negative);
    append_decimal(builder, "", 5, -324, negative);
    append_decimal(builder, "", 1, -6176, negative);
    append_decimal(builder, "", 3, -6176, negative);
  }
  DecimalParts special;
  special.kind = DecimalParts::Kind::infinity;
  builder.append_decimal128("", decimal_bytes(special).data());
  special.negative = true;
  builder.append_decimal128("", decimal_bytes(special).data());
  special.kind = DecimalParts::Kind::nan;
  builder.append_decimal128("", decimal_bytes(special).data());
}

void append_texts(Builder& builder) {
  for (auto text : {""sv, "a"sv, "aa"sv, "b"sv, "a\0"sv, "a\0b"sv, "a\0\xff"sv, "a\1"sv, "\xff"sv, "\xc3\xa9"sv}) {
    builder.append_string("", text);
    builder.append_binary("", 0, text);
    builder.append_binary("", 5, text);
  }
  for (auto text : {"a", "aa", "b", ""}) {
    builder.append_regex("", text, "");
    builder.append_regex("", text, "i");
  }
}

void append_nested(Builder& builder) {
  builder.begin_document("").end();
  builder.begin_document("").append_int32("a", 1).end();
  builder.begin_document("").append_double("a", 1).end();
  builder.begin_document("").append_int32("a", 1).append_int32("b", 2).end();
  builder.begin_document("").append_int32("b", 1).end();
  builder.begin_document("").append_string("a", "x").end();
  builder.begin_document("").append_null("b").end();
  builder.begin_document("").begin_document("a").append_int32("b", 1).end().end();
  builder.begin_array("").end();
  builder.begin_array("").append_int32("", 1).end();
  builder.begin_array("").append_int32("", 1).append_int32("", 0).end();
  builder.begin_array("").append_int32("", 2).end();
  builder.begin_array("").append_string("", "").end();
  builder.begin_array("").begin_array("").end().end();
  builder.begin_array("").append_min_key("").end();
}

void append_others(Builder& builder) {
  const std::uint8_t ids[3][12] = {{0}, {0, 1}, {0xff, 0xff}};
  for (const auto& id : ids) builder.append_object_id("", id);
  for (std::int64_t date : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1}, INT64_MIN, INT64_MAX})
    builder.append_date("", date);
  for (std::uint64_t stamp : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX}) builder.append_timestamp("", stamp);
  builder.append_null("").append_bool("", false).append_bool("", true).append_min_key("").append_max_key("");
  builder.append("", bson::ValueView(bson::Type::undefined, nullptr, 0));
}

}  // namespace

ValuePool::ValuePool() {
  Builder numbers;
  append_doubles(numbers);
  append_integers(numbers);
  append_decimals(numbers);
  all_numbers_ = numbers.finish();
  Builder others;
  append_texts(others);
  append_nested(others);
  append_others(others);
  all_ = others.finish();
  for (const auto& element : all_numbers_.view()) numbers_.push_back(element.value);
  values_ = numbers_;
  for (const auto& element : all_.view()) values_.push_back(element.value);
}

void append_decimal(Builder& builder, const char* name, std::uint64_t coefficient, int exponent, bool negative) {
  DecimalParts parts;
  parts.coefficient = coefficient;
  parts.exponent = exponent;
  parts.negative = negative;
  builder.append_decimal128(name, decimal_bytes(parts).data());
}

}  // namespace kinship::sqlite::test
