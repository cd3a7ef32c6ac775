// Text that is not UTF-8 is found wherever a document holds text; validation alone lets it through.
#include <doctest/doctest.h>

#include <kinship/error.hpp>
#include <kinship/value/bson_utf8.hpp>
#include <kinship/value/json.hpp>

#include "support/bson.hpp"

namespace kinship {
namespace {

std::string refusal(bson::DocumentView document) {
  try {
    bson::check_utf8(document);
  } catch (const error& e) {
    CHECK(e.code() == errc::store);
    return e.what();
  }
  return "";
}

TEST_CASE("UTF-8 of every length is let through, at the edges of each") {
  for (const std::string_view text :
       {std::string_view(""), std::string_view("a\0b", 3), std::string_view("\x7f"), std::string_view("\xC2\x80"),
        std::string_view("\xDF\xBF"), std::string_view("\xE0\xA0\x80"), std::string_view("\xED\x9F\xBF"),
        std::string_view("\xEE\x80\x80"), std::string_view("\xEF\xBF\xBF"), std::string_view("\xF0\x90\x80\x80"),
        std::string_view("\xF4\x8F\xBF\xBF")})
    CHECK(refusal(test::doc("a", text)).empty());
}

TEST_CASE("what is no UTF-8 is found") {
  for (const char* text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xE1\x80",
                           "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                           "\xF5\x80\x80\x80", "\xFF", "fine until \xE2\x82"}) {
    CAPTURE(text);
    CHECK(refusal(test::doc("a", text)).find("field 'a'") != std::string::npos);
  }
}

TEST_CASE("every kind of text is looked at, and named by its path") {
  const std::string bad = "\xFF";
  bson::Builder out;
  out.begin_array("list").append_int32("", 1).begin_document("").append_string("deep", bad);
  CHECK(refusal(out.finish()).find("'list.1.deep'") != std::string::npos);
  CHECK_FALSE(refusal(bson::Builder().append_regex("r", bad, "").finish()).empty());
  CHECK_FALSE(refusal(bson::Builder().append_regex("r", "x", bad).finish()).empty());
  CHECK(refusal(test::doc("a", test::doc(bad, 1))).find("name below 'a'") != std::string::npos);
  const Value text(bad);
  for (const auto type : {bson::Type::code, bson::Type::symbol})
    CHECK_FALSE(refusal(bson::Builder().append("c", bson::ValueView(type, text.view().data(), text.view().size())).finish())
                    .empty());
}

TEST_CASE("code with a scope and old pointers hold text, too") {
  const std::string bad = "\xFF";
  const auto stored = [](json value) { return from_extended_json(json{{"a", std::move(value)}}); };
  CHECK(refusal(stored({{"$code", "f"}, {"$scope", {{"s", "x"}}}})).empty());
  CHECK_FALSE(refusal(stored({{"$code", bad}, {"$scope", {{"s", "x"}}}})).empty());
  CHECK(refusal(stored({{"$code", "f"}, {"$scope", {{"s", bad}}}})).find("'a.$scope.s'") != std::string::npos);
  const json id{{"$oid", "56e1fc72e0c917e9c4714161"}};
  CHECK(refusal(stored({{"$dbPointer", {{"$ref", "c"}, {"$id", id}}}})).empty());
  CHECK_FALSE(refusal(stored({{"$dbPointer", {{"$ref", bad}, {"$id", id}}}})).empty());
}

}  // namespace
}  // namespace kinship
