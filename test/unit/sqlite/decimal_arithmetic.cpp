// Decimal128 sums and products: exact where 34 digits allow, else rounded half to even; special values; doubles to 15
// digits.
#include "driver/sqlite/decimal_arithmetic.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <kinship/value/decimal128.hpp>

namespace kinship::sqlite {
namespace {

DecimalParts parts(const char* text) { return decimal_parts(Decimal128(text).bytes().data()); }

std::string text(const DecimalParts& value) { return Decimal128::from_bytes(decimal_bytes(value).data()).to_string(); }

std::string sum(const char* a, const char* b) {
  const std::string found = text(add(parts(a), parts(b)));
  CHECK(found == text(add(parts(b), parts(a))));
  return found;
}

std::string product(const char* a, const char* b) {
  const std::string found = text(multiply(parts(a), parts(b)));
  CHECK(found == text(multiply(parts(b), parts(a))));
  return found;
}

std::string of_double(double value) {
  const auto document = bson::Builder().append_double("a", value).finish();
  return text(to_decimal(document["a"]));
}

TEST_CASE("taking a decimal apart and putting it together changes nothing") {
  for (const char* one : {"0", "-0", "1", "-1.50", "1E-6176", "9.999999999999999999999999999999999E+6144", "NaN", "Infinity",
                          "-Infinity", "0E+3"}) {
    CHECK(text(parts(one)) == Decimal128(one).to_string());
  }
}

TEST_CASE("sums keep the smaller exponent") {
  CHECK(sum("1.10", "0.05") == "1.15");
  CHECK(sum("1", "2.0") == "3.0");
  CHECK(sum("1E+3", "1") == "1001");
  CHECK(sum("5", "-5") == "0");
  CHECK(sum("1.5", "-2.25") == "-0.75");
  CHECK(sum("0", "7") == "7");
}

TEST_CASE("sums round half to even at 34 digits") {
  CHECK(sum("9999999999999999999999999999999999", "1") == "1.000000000000000000000000000000000E+34");
  CHECK(sum("1000000000000000000000000000000000", "0.5") == "1000000000000000000000000000000000");
  CHECK(sum("1000000000000000000000000000000001", "0.5") == "1000000000000000000000000000000002");
  CHECK(sum("1000000000000000000000000000000000", "0.51") == "1000000000000000000000000000000001");
}

TEST_CASE("a number far below the last digit only breaks ties") {
  CHECK(sum("1E+300", "1E-300") == "1.000000000000000000000000000000000E+300");
  CHECK(sum("1E+300", "-1E-300") == "1.000000000000000000000000000000000E+300");
  CHECK(sum("1E+100", "0") == "1.000000000000000000000000000000000E+100");
}

TEST_CASE("products add exponents and round") {
  CHECK(product("1.5", "2") == "3.0");
  CHECK(product("-0.25", "4") == "-1.00");
  CHECK(product("0", "-5") == "-0");
  CHECK(product("3333333333333333333333333333333333", "3") == "9999999999999999999999999999999999");
  CHECK(product("9999999999999999999999999999999999", "9999999999999999999999999999999999") ==
        "9.999999999999999999999999999999998E+67");
}

TEST_CASE("special values and the ends of the range") {
  CHECK(sum("Infinity", "1") == "Infinity");
  CHECK(sum("Infinity", "-Infinity") == "NaN");
  CHECK(sum("NaN", "1") == "NaN");
  CHECK(product("Infinity", "0") == "NaN");
  CHECK(product("-Infinity", "2") == "-Infinity");
  CHECK(product("9E+6144", "10") == "Infinity");
  CHECK(product("1E-6000", "1E-6000") == "0E-6176");
  CHECK(sum("9.999999999999999999999999999999999E+6144", "9.999999999999999999999999999999999E+6144") == "Infinity");
}

TEST_CASE("doubles become decimals of 15 digits, as MongoDB has it") {
  CHECK(of_double(0.1) == "0.1");
  CHECK(of_double(1.5) == "1.5");
  CHECK(of_double(-2.0) == "-2");
  CHECK(of_double(100) == "100");
  CHECK(of_double(1.0 / 3) == "0.333333333333333");
  CHECK(of_double(0) == "0");
  CHECK(of_double(INFINITY) == "Infinity");
  CHECK(of_double(std::nan("")) == "NaN");
}

TEST_CASE("integers become decimals exactly") {
  const auto document = bson::Builder().append_int64("a", INT64_MIN).append_int32("b", -7).finish();
  CHECK(text(to_decimal(document["a"])) == "-9223372036854775808");
  CHECK(text(to_decimal(document["b"])) == "-7");
}

}  // namespace
}  // namespace kinship::sqlite
