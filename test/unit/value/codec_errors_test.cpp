// What decoding refuses, and what it says: model, dotted path, found, expected, cure.
// Each sentence is compared whole for one case of its kind.
#include <doctest/doctest.h>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <kinship/error.hpp>
#include <kinship/value/codec.hpp>
#include <map>

using namespace kinship;
using bson::Builder;

namespace {

enum class Color { red, green };
BOOST_DESCRIBE_ENUM(Color, red, green)

struct Inner {
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(Inner, (), (name))

struct Outer {
  std::int32_t number{};
  std::uint8_t small{};
  bool flag{};
  double real{};
  ObjectId id{};
  Uuid uuid{};
  Id key{};
  DateTime date{};
  std::chrono::sys_time<std::chrono::nanoseconds> nano{};
  Decimal128 decimal{};
  Binary binary{};
  Color color{};
  std::vector<Inner> list{};
  std::array<int, 2> pair{};
  std::map<std::string, int> map{};
  Inner inner{};
  std::optional<int> maybe{};
};
BOOST_DESCRIBE_STRUCT(Outer, (),
                      (number, small, flag, real, id, uuid, key, date, nano, decimal, binary, color, list, pair, map, inner,
                       maybe))

std::string refusal(const bson::Document& document) {
  try {
    decode<Outer>(document, "Outer");
  } catch (const error& e) {
    CHECK(e.code() == errc::type_mismatch);
    CHECK(e.model() == "Outer");
    return e.sentence();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a wrong type is named with its place") {
  CHECK(refusal(Builder().append_string("number", "x").finish()) ==
        "field 'number' of Outer: found string \"x\", expected int32; correct the stored document or the member's type");
  CHECK(refusal(Builder().append_null("number").finish()) ==
        "field 'number' of Outer: found null, expected int32; make the member std::optional if null is meant");
}

TEST_CASE("paths lead into documents, arrays and maps") {
  Builder b;
  b.begin_array("list")
      .begin_document("")
      .append_string("name", "ok")
      .end()
      .begin_document("")
      .append_int32("name", 5)
      .end();
  CHECK(refusal(b.finish()).substr(0, 60) == "field 'list.1.name' of Outer: found int 5, expected string; ");
  CHECK(refusal(Builder().begin_document("map").append_bool("k", true).finish()).substr(0, 50) ==
        "field 'map.k' of Outer: found bool true, expected ");
  CHECK(refusal(Builder().begin_document("inner").append_null("name").finish()).substr(0, 18) == "field 'inner.name'");
}

TEST_CASE("narrowing is checked") {
  CHECK(refusal(Builder().append_int64("number", 1LL << 40).finish()) ==
        "field 'number' of Outer: found 1099511627776, expected a number in the range of int32; correct the stored document "
        "or the "
        "member's type");
  CHECK(refusal(Builder().append_int32("small", 256).finish()) != "accepted");
  CHECK(refusal(Builder().append_int32("small", -1).finish()) != "accepted");
  CHECK(refusal(Builder().append_double("number", 1.5).finish()).find("expected a whole number") != std::string::npos);
  CHECK(refusal(Builder().append_double("number", 1e300).finish()) != "accepted");
  CHECK(refusal(Builder().append_double("number", std::numeric_limits<double>::quiet_NaN()).finish()) != "accepted");
  CHECK(refusal(Builder().append_date("nano", INT64_MAX).finish()).find("milliseconds> holds every date") !=
        std::string::npos);
}

TEST_CASE("enums list their names") {
  CHECK(refusal(Builder().append_string("color", "blue").finish()).find("expected one of \"red\", \"green\";") !=
        std::string::npos);
  CHECK(refusal(Builder().append_int64("color", 1LL << 40).finish()) != "accepted");
}

TEST_CASE("arrays of fixed length") {
  CHECK(refusal(Builder().begin_array("pair").append_int32("", 1).finish()).find("an array of 2 elements") !=
        std::string::npos);
}

TEST_CASE("every member refuses every type that is not its own") {
  // One value of each type; which member reads which is the table below.
  const std::uint8_t twelve[12] = {1}, sixteen[16] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x30};
  Builder all;
  all.append_double("double", 2.5).append_string("string", "s").append_object_id("oid", twelve).append_bool("bool", true);
  all.append_date("date", 1)
      .append_null("null")
      .append_regex("regex", "a", "")
      .append_int32("int", 1)
      .append_int64("long", 1);
  all.append_timestamp("stamp", 1).append_decimal128("decimal", sixteen).append_min_key("min").append_max_key("max");
  all.append_binary("uuid", 4, std::string(16, 'u')).begin_document("doc").end().begin_array("array").end();
  const bson::Document values = all.finish();
  const std::map<std::string, std::string> reads{{"number", " int long "},
                                                 {"small", " int long "},
                                                 {"flag", " bool "},
                                                 {"real", " double int long "},
                                                 {"id", " oid "},
                                                 {"uuid", " uuid "},
                                                 {"key", " string oid null int long uuid "},
                                                 {"date", " date "},
                                                 {"nano", " date "},
                                                 {"decimal", " int long decimal "},
                                                 {"binary", " uuid "},
                                                 {"color", " int long "},
                                                 {"list", " array "},
                                                 {"pair", ""},
                                                 {"map", " doc "},
                                                 {"inner", " doc "},
                                                 {"maybe", " null int long "}};
  for (const auto& [member, accepted] : reads)
    for (const bson::Element& element : values.view()) {
      CAPTURE(member);
      CAPTURE(element.name);
      const bool expected = accepted.find(" " + std::string(element.name) + " ") != std::string::npos;
      CHECK((refusal(Builder().append(member, element.value).finish()) == "accepted") == expected);
    }
}
