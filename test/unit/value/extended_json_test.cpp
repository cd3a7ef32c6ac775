// Extended JSON v2, type by type as the specification lays it out: canonical, relaxed, back again, and what is refused.
// Each row is one document; both forms must read as the same BSON.
#include <doctest/doctest.h>

#include <kinship/error.hpp>
#include <kinship/value/json.hpp>

using namespace kinship;

namespace {

struct Row {
  const char* canonical;
  const char* relaxed;
};

const Row rows[] = {
    {R"({"a":{"$numberDouble":"1.5"}})", R"({"a":1.5})"},
    {R"({"a":{"$numberDouble":"-0.0"}})", R"({"a":-0.0})"},
    {R"({"a":{"$numberDouble":"NaN"}})", R"({"a":{"$numberDouble":"NaN"}})"},
    {R"({"a":{"$numberDouble":"-Infinity"}})", R"({"a":{"$numberDouble":"-Infinity"}})"},
    {R"({"a":"text"})", R"({"a":"text"})"},
    {R"({"a":{"b":{},"c":[]}})", R"({"a":{"b":{},"c":[]}})"},
    {R"({"a":[{"$numberInt":"1"},null,[true]]})", R"({"a":[1,null,[true]]})"},
    {R"({"a":{"$binary":{"base64":"//8=","subType":"00"}}})", R"({"a":{"$binary":{"base64":"//8=","subType":"00"}}})"},
    {R"({"a":{"$binary":{"base64":"//8=","subType":"02"}}})", R"({"a":{"$binary":{"base64":"//8=","subType":"02"}}})"},
    {R"({"a":{"$undefined":true}})", R"({"a":{"$undefined":true}})"},
    {R"({"a":{"$oid":"56e1fc72e0c917e9c4714161"}})", R"({"a":{"$oid":"56e1fc72e0c917e9c4714161"}})"},
    {R"({"a":true,"b":false})", R"({"a":true,"b":false})"},
    {R"({"a":{"$date":{"$numberLong":"1356351330501"}}})", R"({"a":{"$date":"2012-12-24T12:15:30.501Z"}})"},
    {R"({"a":{"$date":{"$numberLong":"-284643869501"}}})", R"({"a":{"$date":{"$numberLong":"-284643869501"}}})"},
    {R"({"a":{"$date":{"$numberLong":"253402300800000"}}})", R"({"a":{"$date":{"$numberLong":"253402300800000"}}})"},
    {R"({"a":null})", R"({"a":null})"},
    {R"({"a":{"$regularExpression":{"pattern":"a/b","options":"im"}}})",
     R"({"a":{"$regularExpression":{"pattern":"a/b","options":"im"}}})"},
    {R"({"a":{"$dbPointer":{"$ref":"b","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}}})",
     R"({"a":{"$dbPointer":{"$ref":"b","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}}})"},
    {R"({"a":{"$code":"f"}})", R"({"a":{"$code":"f"}})"},
    {R"({"a":{"$symbol":"s"}})", R"({"a":{"$symbol":"s"}})"},
    {R"({"a":{"$code":"f","$scope":{"x":{"$numberInt":"1"}}}})", R"({"a":{"$code":"f","$scope":{"x":1}}})"},
    {R"({"a":{"$numberInt":"-2147483648"}})", R"({"a":-2147483648})"},
    {R"({"a":{"$timestamp":{"t":4294967295,"i":42}}})", R"({"a":{"$timestamp":{"t":4294967295,"i":42}}})"},
    {R"({"a":{"$numberLong":"9223372036854775807"}})", R"({"a":9223372036854775807})"},
    {R"({"a":{"$numberDecimal":"1.20"}})", R"({"a":{"$numberDecimal":"1.20"}})"},
    {R"({"a":{"$minKey":1},"b":{"$maxKey":1}})", R"({"a":{"$minKey":1},"b":{"$maxKey":1}})"},
    {R"({"z":"order","y":"is","x":"kept"})", R"({"z":"order","y":"is","x":"kept"})"},
    {R"({"$set":{"$ref":"no type","$regex":"^a"}})", R"({"$set":{"$ref":"no type","$regex":"^a"}})"},
    {R"({"":{"":"empty names"}})", R"({"":{"":"empty names"}})"},
};

std::string refusal(const char* text) {
  try {
    from_extended_json(json::parse(text));
  } catch (const error& e) {
    CHECK(e.code() == errc::type_mismatch);
    return e.sentence();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("every type in both forms") {
  for (const Row& row : rows) {
    CAPTURE(row.canonical);
    const json canonical = json::parse(row.canonical), relaxed = json::parse(row.relaxed);
    const bson::Document document = from_extended_json(canonical);
    CHECK_NOTHROW(bson::validate(document.bytes().data(), document.bytes().size()));
    CHECK(to_extended_json(document, true).dump() == canonical.dump());
    CHECK(to_extended_json(document).dump() == relaxed.dump());
    CHECK(from_extended_json(relaxed) == document);
    CHECK(value_from_json(canonical).view().as_document() == document.view());
  }
}

TEST_CASE("other spellings that are read") {
  const auto same = [](const char* a, const char* b) {
    CAPTURE(a);
    CHECK(from_extended_json(json::parse(a)) == from_extended_json(json::parse(b)));
  };
  same(R"({"a":{"$date":"2012-12-24T13:15:30.501+01:00"}})", R"({"a":{"$date":"2012-12-24T12:15:30.501Z"}})");
  same(R"({"a":{"$uuid":"c8edabc3-f738-4ca3-b68d-ab92a91478a3"}})",
       R"({"a":{"$binary":{"base64":"yO2rw/c4TKO2jauSqRR4ow==","subType":"04"}}})");
  same(R"({"a":{"$binary":{"base64":"","subType":"5"}}})", R"({"a":{"$binary":{"base64":"","subType":"05"}}})");
  same(R"({"a":{"$regularExpression":{"pattern":"a","options":"mi"}}})",
       R"({"a":{"$regularExpression":{"pattern":"a","options":"im"}}})");
  same(R"({"a":{"$numberDouble":"1E+3"}})", R"({"a":{"$numberDouble":"1000"}})");
  same(R"({"a":{"$scope":{},"$code":"f"}})", R"({"a":{"$code":"f","$scope":{}}})");
}

TEST_CASE("a plain nlohmann::json is accepted, whose fields are in alphabetical order") {
  const nlohmann::json plain{{"b", 1}, {"a", {{"$oid", "56e1fc72e0c917e9c4714161"}}}};
  CHECK(to_extended_json(from_extended_json(plain)).dump() == R"({"a":{"$oid":"56e1fc72e0c917e9c4714161"},"b":1})");
  CHECK(value_from_json(nlohmann::json(5)) == Value(5));
}

TEST_CASE("a binary of the old subtype 2 has its length inside, in BSON only") {
  const bson::Document document = from_extended_json(json::parse(R"({"a":{"$binary":{"base64":"//8=","subType":"02"}}})"));
  CHECK(document["a"].binary_bytes() == std::string_view("\x02\0\0\0\xff\xff", 6));
  CHECK(to_extended_json(document.view()).dump() == R"({"a":{"$binary":{"base64":"//8=","subType":"02"}}})");
}

TEST_CASE("options of regular expressions are in alphabetical order, however they were stored") {
  const std::uint8_t bytes[] = {13, 0, 0, 0, 11, 'a', 0, 'x', 0, 'm', 'i', 0, 0};
  const bson::DocumentView stored = bson::validate(bytes, sizeof bytes);
  CHECK(to_extended_json(stored)["a"]["$regularExpression"]["options"] == "im");
  CHECK(bson::Builder().append_regex("a", "x", "smi").finish()["a"].regex_options() == "ims");
}

TEST_CASE("integers take the width they need") {
  CHECK(from_extended_json(json::parse(R"({"a":2147483647})"))["a"].is(bson::Type::int32));
  CHECK(from_extended_json(json::parse(R"({"a":2147483648})"))["a"].is(bson::Type::int64));
  CHECK(from_extended_json(json::parse(R"({"a":1.0})"))["a"].is(bson::Type::double_));
  CHECK(refusal(R"({"a":18446744073709551615})") ==
        "field 'a': found 18446744073709551615, expected an integer that int64 can hold");
}

TEST_CASE("what is malformed is refused with its path") {
  CHECK(refusal(R"({"a":[{"b":{"$oid":5}}]})") ==
        "field 'a.0.b': found {\"$oid\": 5}, expected {\"$oid\": \"24 hexadecimal digits\"}");
  for (const char* text : {R"({"a":{"$oid":"56e1fc72e0c917e9c471416"}})",
                           R"({"a":{"$oid":"56e1fc72e0c917e9c4714161","x":1}})",
                           R"({"a":{"$numberInt":"2147483648"}})",
                           R"({"a":{"$numberInt":5}})",
                           R"({"a":{"$numberInt":"5x"}})",
                           R"({"a":{"$numberLong":"9223372036854775808"}})",
                           R"({"a":{"$numberLong":""}})",
                           R"({"a":{"$numberDouble":"1.5.5"}})",
                           R"({"a":{"$numberDouble":"nan"}})",
                           R"({"a":{"$numberDouble":"++1"}})",
                           R"({"a":{"$numberDecimal":"x"}})",
                           R"({"a":{"$numberDecimal":1}})",
                           R"({"a":{"$date":"yesterday"}})",
                           R"({"a":{"$date":{"$numberLong":5}}})",
                           R"({"a":{"$date":{"x":"5"}}})",
                           R"({"a":{"$date":1356351330501}})",
                           R"({"a":{"$date":1.5}})",
                           R"({"a":{"$binary":"//8="}})",
                           R"({"a":{"$binary":{"base64":"//8","subType":"00"}}})",
                           R"({"a":{"$binary":{"base64":"//8=","subType":"xx"}}})",
                           R"({"a":{"$binary":{"base64":"//8=","subType":"000"}}})",
                           R"({"a":{"$binary":{"base64":5,"subType":"00"}}})",
                           R"({"a":{"$binary":{"base64":"=AAA","subType":"00"}}})",
                           R"({"a":{"$uuid":"x"}})",
                           R"({"a":{"$regularExpression":"a"}})",
                           R"({"a":{"$regularExpression":{"pattern":"a"}}})",
                           R"({"a":{"$regularExpression":{"pattern":"a","options":5}}})",
                           R"({"a":{"$timestamp":{"t":1}}})",
                           R"({"a":{"$timestamp":{"t":-1,"i":1}}})",
                           R"({"a":{"$timestamp":{"t":4294967296,"i":1}}})",
                           R"({"a":{"$timestamp":{"t":18446744073709551615,"i":1}}})",
                           R"({"a":{"$timestamp":{"t":"1","i":1}}})",
                           R"({"a":{"$code":5}})",
                           R"({"a":{"$scope":{}}})",
                           R"({"a":{"$code":"f","$scope":5}})",
                           R"({"a":{"$code":"f","x":5}})",
                           R"({"a":{"$code":"f","$scope":{"$oid":"56e1fc72e0c917e9c4714161"}}})",
                           R"({"a":{"$symbol":5}})",
                           R"({"a":{"$dbPointer":5}})",
                           R"({"a":{"$dbPointer":{"$ref":"b","$id":"56e1fc72e0c917e9c4714161"}}})",
                           R"({"a":{"$minKey":2}})",
                           R"({"a":{"$maxKey":"1"}})",
                           R"({"a":{"$undefined":false}})",
                           R"([1])",
                           R"(5)",
                           R"(null)",
                           R"({"$oid":"56e1fc72e0c917e9c4714161"})"}) {
    CAPTURE(text);
    CHECK(refusal(text) != "accepted");
  }
  CHECK_THROWS_AS(from_extended_json(json(json::value_t::discarded)), error);
  CHECK_THROWS_AS(value_from_json(json(json::value_t::discarded)), error);
}

TEST_CASE("conditions take JSON as it stands") {
  const Value operators = json::parse(R"({"$ne":null})");
  CHECK(describe(operators) == R"({"$ne": null})");
  const Value oid = json::parse(R"({"$oid":"56e1fc72e0c917e9c4714161"})");
  CHECK(oid.type() == bson::Type::document);
  const Value regex = json::parse(R"({"$regularExpression":{"pattern":".*","options":""}})");
  CHECK(regex.type() == bson::Type::document);
  const Value number = json(5), text = json("x"), nothing = json(), plain = nlohmann::json{{"$gt", ""}}, list = json{1, "a"};
  CHECK(number == Value(5));
  CHECK(text == Value("x"));
  CHECK(nothing.is_null());
  CHECK(plain.type() == bson::Type::document);
  CHECK(describe(list) == R"([1, "a"])");
}
