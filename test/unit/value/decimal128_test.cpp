// Decimal128: the specification's text and bytes, exactness, and comparison with integers and doubles.
// Bytes are those of the published format, least significant first.
#include <doctest/doctest.h>

#include <cmath>
#include <kinship/error.hpp>
#include <kinship/value/decimal128.hpp>
#include <limits>
#include <sstream>

using kinship::compare;
using kinship::Decimal128;

TEST_CASE("the bytes are those of the format") {
  CHECK(Decimal128("1").high() == 0x3040000000000000);
  CHECK(Decimal128("1").low() == 1);
  CHECK(Decimal128("0.1").high() == 0x303e000000000000);
  CHECK(Decimal128("-1").high() == 0xb040000000000000);
  CHECK(Decimal128("9999999999999999999999999999999999").high() == 0x3041ed09bead87c0);
  CHECK(Decimal128("9999999999999999999999999999999999").low() == 0x378d8e63ffffffff);
  CHECK(Decimal128("NaN").high() == 0x7c00000000000000);
  CHECK(Decimal128("-Infinity").high() == 0xf800000000000000);
  CHECK(Decimal128("1E-6176").high() == 0);
  CHECK(Decimal128("9.999999999999999999999999999999999E+6144").high() == 0x5fffed09bead87c0);
  CHECK(Decimal128().high() == Decimal128("0").high());
  const Decimal128 value("-12.345");
  CHECK(Decimal128::from_bytes(value.bytes().data()).high() == value.high());
  CHECK(value.bytes()[0] == (12345 & 0xff));
}

TEST_CASE("text goes in and comes out unchanged") {
  for (const char* text : {"0",
                           "-0",
                           "0.0",
                           "1",
                           "12.30",
                           "-1.0E-7",
                           "0.000001",
                           "1E-7",
                           "1E+3",
                           "1.05E+3",
                           "123456789.000",
                           "NaN",
                           "Infinity",
                           "-Infinity",
                           "0E-6176",
                           "0E+6111",
                           "1E-6176",
                           "9.999999999999999999999999999999999E+6144",
                           "0.1000000000000000000000000000000000",
                           "1.000000000000000000000000000000000E+6144"}) {
    CAPTURE(text);
    CHECK(Decimal128(text).to_string() == text);
  }
}

TEST_CASE("other spellings of numbers") {
  const char* pairs[][2] = {{"+5", "5"},
                            {"5.", "5"},
                            {".5", "0.5"},
                            {"1e3", "1E+3"},
                            {"inf", "Infinity"},
                            {"-INF", "-Infinity"},
                            {"nan", "NaN"},
                            {"-nan", "NaN"},
                            {"000012", "12"},
                            {"0E+9999", "0E+6111"},
                            {"0E-9999", "0E-6176"},
                            {"1E+6144", "1.000000000000000000000000000000000E+6144"},
                            {"10E-6177", "1E-6176"},
                            {"12345678901234567890123456789012340000", "1.234567890123456789012345678901234E+37"},
                            {"1.00000000000000000000000000000000000000", "1.000000000000000000000000000000000"}};
  for (const auto& [text, expected] : pairs) {
    CAPTURE(text);
    CHECK(Decimal128(text).to_string() == expected);
  }
}

TEST_CASE("what is no decimal, or not exactly one, is refused") {
  for (const char* text : {"", "-", ".", "e5", "1e", "1e+", "1.2.3", "1x", "infinit", "--1", "1E+6145", "1E-6177", " 1",
                           "12345678901234567890123456789012345", "1e99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(Decimal128::parse(text));
  }
  CHECK_FALSE(Decimal128::parse(std::string(100'000, '1')));
  CHECK_THROWS_AS(Decimal128("ten"), kinship::error);
}

TEST_CASE("equal values compare equal and share a canonical form") {
  CHECK(Decimal128("1.0") == Decimal128("1.00"));
  CHECK(Decimal128("1E+3") == Decimal128("1000"));
  CHECK(Decimal128("-0") == Decimal128("0E+5"));
  CHECK(Decimal128("NaN") == Decimal128("NaN"));
  CHECK(Decimal128("1000").canonical().to_string() == "1E+3");
  CHECK(Decimal128("1.50").canonical().low() == Decimal128("1.5").low());
  CHECK(Decimal128("-0.00").canonical().to_string() == "0");
  CHECK(Decimal128("1E+6144").canonical().high() == Decimal128("1E+6144").canonical().high());
  CHECK(std::hash<Decimal128>{}(Decimal128("2.0")) == std::hash<Decimal128>{}(Decimal128("2")));
  // More than 34 digits in the bytes counts as zero.
  CHECK(Decimal128(0x6c00000000000000, 5).to_string().substr(0, 1) == "0");
  CHECK(Decimal128(0x3041ffffffffffff, ~0ull).is_zero());
}

TEST_CASE("values are ordered exactly") {
  const char* rising[] = {"NaN", "-Infinity", "-1E+6144", "-2", "-1.5", "-1E-6176", "0",       "1E-6176",
                          "0.1", "0.11",      "1",        "9",  "10",   "1E+6144",  "Infinity"};
  for (std::size_t i = 0; i < std::size(rising); ++i)
    for (std::size_t j = 0; j < std::size(rising); ++j) {
      CAPTURE(rising[i]);
      CAPTURE(rising[j]);
      CHECK(compare(Decimal128(rising[i]), Decimal128(rising[j])) == (i < j ? -1 : i > j));
    }
}

TEST_CASE("integers compare exactly") {
  CHECK(compare(Decimal128("9223372036854775807"), INT64_MAX) == 0);
  CHECK(compare(Decimal128("-9223372036854775808"), INT64_MIN) == 0);
  CHECK(compare(Decimal128("9223372036854775806.999"), INT64_MAX) == -1);
  CHECK(compare(Decimal128("5.0"), std::int64_t{5}) == 0);
  CHECK(Decimal128(std::int64_t{INT64_MIN}).to_string() == "-9223372036854775808");
}

TEST_CASE("doubles compare exactly") {
  CHECK(compare(Decimal128("0.5"), 0.5) == 0);
  CHECK(compare(Decimal128("0.1"), 0.1) == -1);  // the double is 0.1000000000000000055...
  CHECK(compare(Decimal128("0.1000000000000000055511151231257827"), 0.1) == -1);
  CHECK(compare(Decimal128("0.1000000000000000055511151231257828"), 0.1) == 1);
  CHECK(compare(Decimal128("-0.1"), -0.1) == 1);
  CHECK(compare(Decimal128("9007199254740993"), 9007199254740992.0) == 1);
  CHECK(compare(Decimal128("1E+6000"), std::numeric_limits<double>::max()) == 1);
  CHECK(compare(Decimal128("1.797693134862315708145274237317043E+308"), std::numeric_limits<double>::max()) == -1);
  CHECK(compare(Decimal128("4.940656458412465441765687928682213E-324"), std::numeric_limits<double>::denorm_min()) == -1);
  CHECK(compare(Decimal128("4.940656458412465441765687928682214E-324"), std::numeric_limits<double>::denorm_min()) == 1);
  CHECK(compare(Decimal128("1E-6000"), std::numeric_limits<double>::denorm_min()) == -1);
  CHECK(compare(Decimal128("NaN"), std::nan("")) == 0);
  CHECK(compare(Decimal128("-Infinity"), std::nan("")) == 1);
  CHECK(compare(Decimal128("Infinity"), std::numeric_limits<double>::infinity()) == 0);
  CHECK(compare(Decimal128("-0"), 0.0) == 0);
  CHECK(Decimal128("0.1").to_double() == 0.1);
  std::ostringstream out;
  out << Decimal128("1.50");
  CHECK(out.str() == "1.50");
}
