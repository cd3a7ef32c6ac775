// compare(): a total order, exact over the four number types.
#include "driver/sqlite/compare.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "driver/sqlite/number.hpp"
#include "value_pool.hpp"

namespace kinship::sqlite {
namespace {

using bson::Builder;
using bson::Document;
using test::append_decimal;

int sign(int x) { return (x > 0) - (x < 0); }

int compare_ends(const Document& document) { return sign(compare(document["a"], document["b"])); }

TEST_CASE("compare is antisymmetric and reflexive over values of every type") {
  const test::ValuePool pool;
  for (const auto& a : pool.values()) {
    CHECK(compare(a, a) == 0);
    for (const auto& b : pool.values()) {
      if (sign(compare(a, b)) != -sign(compare(b, a))) FAIL("not antisymmetric");
    }
  }
}

TEST_CASE("compare is transitive over values of every type") {
  const test::ValuePool pool;
  const auto& v = pool.values();
  std::size_t broken = 0;
  for (const auto& a : v)
    for (const auto& b : v) {
      if (compare(a, b) > 0) continue;
      for (const auto& c : v) broken += compare(b, c) <= 0 && compare(a, c) > 0;
    }
  CHECK(broken == 0);
}

TEST_CASE("int64 against double is exact beyond 2^53") {
  CHECK(compare_ends(Builder().append_int64("a", 9007199254740993).append_double("b", 9007199254740992.0).finish()) == 1);
  CHECK(compare_ends(Builder().append_int64("a", 9007199254740992).append_double("b", 9007199254740992.0).finish()) == 0);
  CHECK(compare_ends(Builder().append_int64("a", INT64_MAX).append_double("b", 9223372036854775808.0).finish()) == -1);
  CHECK(compare_ends(Builder().append_int64("a", INT64_MIN).append_double("b", -9223372036854775808.0).finish()) == 0);
  CHECK(compare_ends(Builder().append_int64("a", 1).append_double("b", 1.5).finish()) == -1);
  CHECK(compare_ends(Builder().append_int64("a", -1).append_double("b", -1.5).finish()) == 1);
}

TEST_CASE("decimals compare by exact value with doubles and integers") {
  Builder tenth;  // 0.1 as a double is a little more than a tenth
  tenth.append_double("a", 0.1);
  append_decimal(tenth, "b", 1, -1);
  CHECK(compare_ends(tenth.finish()) == 1);
  Builder half;
  half.append_double("a", 0.5);
  append_decimal(half, "b", 50, -2);
  CHECK(compare_ends(half.finish()) == 0);
  Builder big;
  big.append_int64("a", 9007199254740993);
  append_decimal(big, "b", 9007199254740993, 0);
  CHECK(compare_ends(big.finish()) == 0);
  Builder between;
  between.append_int64("a", 9007199254740993);
  append_decimal(between, "b", 90071992547409935, -1);
  CHECK(compare_ends(between.finish()) == -1);
}

TEST_CASE("NaN is equal to NaN and below every other number, -0.0 is 0") {
  CHECK(compare_ends(Builder().append_double("a", std::nan("")).append_double("b", -INFINITY).finish()) == -1);
  CHECK(compare_ends(Builder().append_double("a", std::nan("")).append_double("b", -std::nan("1")).finish()) == 0);
  CHECK(compare_ends(Builder().append_int32("a", INT32_MIN).append_double("b", std::nan("")).finish()) == 1);
  CHECK(compare_ends(Builder().append_double("a", -0.0).append_int32("b", 0).finish()) == 0);
}

TEST_CASE("objects compare by type, then name, then value of each field") {
  Builder types;  // {x: 2} against {a: "s"}: numbers are below strings whatever the names say
  types.begin_document("a").append_int32("x", 2).end().begin_document("b").append_string("a", "s").end();
  CHECK(compare_ends(types.finish()) == -1);
  Builder names;
  names.begin_document("a").append_int32("b", 1).end().begin_document("b").append_int32("a", 2).end();
  CHECK(compare_ends(names.finish()) == 1);
  Builder prefix;
  prefix.begin_document("a").append_int32("a", 1).end();
  prefix.begin_document("b").append_int32("a", 1).append_min_key("b").end();
  CHECK(compare_ends(prefix.finish()) == -1);
}

TEST_CASE("the brackets follow MongoDB's order of types") {
  using bson::Type;
  const Type order[] = {
      Type::min_key, Type::undefined,  Type::null,      Type::int32,           Type::string, Type::document,
      Type::array,   Type::binary,     Type::object_id, Type::boolean,         Type::date,   Type::timestamp,
      Type::regex,   Type::db_pointer, Type::code,      Type::code_with_scope, Type::max_key};
  for (std::size_t i = 1; i < std::size(order); ++i) CHECK(type_bracket(order[i - 1]) < type_bracket(order[i]));
  CHECK(type_bracket(Type::missing) == type_bracket(Type::null));
  CHECK(type_bracket(Type::symbol) == type_bracket(Type::string));
  CHECK(type_bracket(Type::decimal128) == type_bracket(Type::double_));
}

TEST_CASE("dates and timestamps are different brackets; dates are signed, timestamps are not") {
  CHECK(compare_ends(Builder().append_date("a", INT64_MAX).append_timestamp("b", 0).finish()) == -1);
  CHECK(compare_ends(Builder().append_date("a", -5).append_date("b", 5).finish()) == -1);
  CHECK(compare_ends(Builder().append_timestamp("a", UINT64_MAX).append_timestamp("b", 1).finish()) == 1);
}

TEST_CASE("truncation to int64 refuses what does not fit") {
  auto truncated = [](const Document& d) { return truncate_to_int64(d["a"]); };
  CHECK(truncated(Builder().append_double("a", 3.9).finish()) == 3);
  CHECK(truncated(Builder().append_double("a", -3.9).finish()) == -3);
  CHECK(!truncated(Builder().append_double("a", 1e19).finish()));
  CHECK(!truncated(Builder().append_double("a", std::nan("")).finish()));
  Builder decimal;
  append_decimal(decimal, "a", 39, -1, true);
  CHECK(truncated(decimal.finish()) == -3);
  Builder wide;
  append_decimal(wide, "a", 9223372036854775808u, 0, true);
  CHECK(truncated(wide.finish()) == INT64_MIN);
  Builder wider;
  append_decimal(wider, "a", 1, 6000);
  CHECK(!truncated(wider.finish()));
  CHECK(!exact_int64(Builder().append_double("a", 1.5).finish()["a"]));
  CHECK(exact_int64(Builder().append_double("a", 2.0).finish()["a"]) == 2);
}

}  // namespace
}  // namespace kinship::sqlite
