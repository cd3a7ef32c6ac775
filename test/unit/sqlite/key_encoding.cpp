// Key encoding: memcmp order is compare() order, alone, descending and in compound keys.
#include "driver/sqlite/key_encoding.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "driver/sqlite/compare.hpp"
#include "value_pool.hpp"

namespace kinship::sqlite {
namespace {

using bson::Builder;
using bson::ValueView;

int sign(int x) { return (x > 0) - (x < 0); }

// As SQLite compares blobs: memcmp, then length.
int order(const std::string& a, const std::string& b) { return sign(a.compare(b)); }

std::string descending_key(ValueView value) {
  std::string key;
  append_key(key, value, true);
  return key;
}

TEST_CASE("keys order as compare() does, for every pair of values") {
  const test::ValuePool pool;
  for (const auto& a : pool.values()) {
    for (const auto& b : pool.values()) {
      const int wanted = sign(compare(a, b));
      if (order(encode_key(a), encode_key(b)) != wanted)
        FAIL("order broken between ", type_name(a.type()), " and ", type_name(b.type()));
      if (order(descending_key(a), descending_key(b)) != -wanted) FAIL("descending order broken at ", type_name(a.type()));
    }
  }
}

TEST_CASE("compound keys order by the first field, then the second, each in its own direction") {
  const test::ValuePool pool;
  std::mt19937 random(7);
  const auto& v = pool.values();
  auto pick = [&] { return v[random() % v.size()]; };
  std::size_t broken = 0;
  for (int round = 0; round < 40'000; ++round) {
    const ValueView a1 = pick(), a2 = pick(), b2 = pick();
    const ValueView b1 = round % 2 == 0 ? a1 : pick();
    const bool down1 = random() % 2, down2 = random() % 2;
    std::string a, b;
    append_key(a, a1, down1);
    append_key(a, a2, down2);
    append_key(b, b1, down1);
    append_key(b, b2, down2);
    const int first = sign(compare(a1, b1)), second = sign(compare(a2, b2));
    const int wanted = first != 0 ? (down1 ? -first : first) : (down2 ? -second : second);
    broken += order(a, b) != wanted;
  }
  CHECK(broken == 0);
}

TEST_CASE("random numbers of all types order exactly") {
  std::mt19937_64 random(11);
  Builder builder;
  for (int i = 0; i < 150; ++i) {
    const auto bits = random();
    double value;
    std::memcpy(&value, &bits, 8);
    builder.append_double("", value);
    builder.append_double("", static_cast<double>(static_cast<std::int64_t>(bits)) / 1e10);
    builder.append_int64("", static_cast<std::int64_t>(random()) >> (random() % 60));
    test::append_decimal(builder, "", random() >> (random() % 60), static_cast<int>(random() % 80) - 50, random() % 2);
    const auto whole = static_cast<std::int64_t>(random() >> (random() % 20 + 1));
    builder.append_double("", static_cast<double>(whole)).append_int64("", whole);
    test::append_decimal(builder, "", static_cast<std::uint64_t>(whole), 0);
  }
  const auto document = builder.finish();
  std::vector<ValueView> values;
  for (const auto& element : document.view()) values.push_back(element.value);
  std::size_t broken = 0;
  for (const auto& a : values)
    for (const auto& b : values) broken += order(encode_key(a), encode_key(b)) != sign(compare(a, b));
  CHECK(broken == 0);
}

TEST_CASE("long double arithmetic agrees where it is exact") {
  // x87 long doubles hold every int64 and every double below 2^63 exactly.
  std::mt19937_64 random(13);
  std::size_t broken = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto integer = static_cast<std::int64_t>(random()) >> (random() % 64);
    const double number = static_cast<double>(integer) + static_cast<double>(static_cast<int>(random() % 5)) - 2;
    const auto document = Builder().append_int64("a", integer).append_double("b", number).finish();
    const long double difference = static_cast<long double>(integer) - static_cast<long double>(number);
    broken += sign(compare(document["a"], document["b"])) != (difference > 0) - (difference < 0);
  }
  CHECK(broken == 0);
}

TEST_CASE("equal numbers give equal bytes whatever their type") {
  Builder builder;
  builder.append_int32("", 7).append_int64("", 7).append_double("", 7);
  test::append_decimal(builder, "", 7, 0);
  test::append_decimal(builder, "", 7000, -3);
  const auto document = builder.finish();
  const std::string first = encode_key(document.view().begin()->value);
  CHECK(first.size() == 10);
  for (const auto& element : document.view()) CHECK(encode_key(element.value) == first);
}

TEST_CASE("ids cost 13 bytes and missing is null") {
  const std::uint8_t id[12] = {1, 2, 3};
  CHECK(encode_key(Builder().append_object_id("a", id).finish()["a"]).size() == 13);
  CHECK(encode_key(ValueView{}) == encode_key(Builder().append_null("a").finish()["a"]));
}

TEST_CASE("bracket bounds enclose all keys of their type and no others") {
  const test::ValuePool pool;
  for (const auto& a : pool.values()) {
    for (const bool descending : {false, true}) {
      const std::string begin(1, bracket_begin(a.type(), descending)), end(1, bracket_end(a.type(), descending));
      for (const auto& b : pool.values()) {
        std::string key;
        append_key(key, b, descending);
        const bool inside = key >= begin && key < end;
        if (inside != (type_bracket(a.type()) == type_bracket(b.type()))) FAIL("bracket of ", type_name(a.type()));
      }
    }
  }
}

TEST_CASE("a string prefix sorts at or below exactly the strings that begin with it") {
  std::string prefix;
  append_string_prefix(prefix, "ab");
  auto key = [](std::string_view text) { return encode_key(Builder().append_string("a", text).finish()["a"]); };
  for (const char* text : {"ab", "abc", "ab\xff"}) CHECK(key(text).compare(0, prefix.size(), prefix) == 0);
  for (const char* text : {"a", "aa", "ac", ""}) CHECK(key(text).compare(0, prefix.size(), prefix) != 0);
}

}  // namespace
}  // namespace kinship::sqlite
