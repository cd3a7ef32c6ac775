// Projections beyond the cases: refusals, identity, details, independence of copies.
#include "driver/sqlite/projection.hpp"

#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "json_documents.hpp"

namespace kinship::sqlite {
namespace {

using test::doc;

std::string projected(std::string_view projection, std::string_view document, MatchDetails details = {}) {
  return test::text(Projection::compile(doc(projection)).apply(doc(document), details));
}

int error_code(std::string_view projection) {
  try {
    Projection::compile(doc(projection));
  } catch (const error& e) {
    return e.store_code();
  }
  return 0;
}

TEST_CASE("bad projections carry MongoDB's codes") {
  CHECK(error_code(R"({"a": {}})") == 51270);
  CHECK(error_code(R"({"": 1})") == 40352);
  CHECK(error_code(R"({"a.": 1})") == 40353);
  CHECK(error_code(R"({"a..b": 1})") == 15998);
  CHECK(error_code(R"({"a.$x": 1})") == 16410);
  CHECK(error_code(R"({"a.$.b": 1})") == 31394);
  CHECK(error_code(R"({"a.$": 0})") == 31395);
  CHECK(error_code(R"({"a.$": {"$slice": 1}})") == 31271);
  CHECK(error_code(R"({"a.$": 1, "b": {"$elemMatch": {"c": 1}}})") == 31255);
  CHECK(error_code(R"({"b": {"$elemMatch": {"c": 1}}, "a.$": 1})") == 31256);
  CHECK(error_code(R"({"b": {"$elemMatch": 5}})") == 31274);
  CHECK(error_code(R"({"b": {"$slice": "x"}})") == 28667);
  CHECK(error_code(R"({"a": 1, "a.b.c": 1})") == 31249);
}

TEST_CASE("computed fields are unsupported, in words") {
  for (const char* projection :
       {R"({"a": "$b"})", R"({"a": {"$add": [1, 2]}})", R"({"a": {"$meta": "textScore"}})", R"({"a": null})"}) {
    try {
      Projection::compile(doc(projection));
      FAIL("accepted ", projection);
    } catch (const error& e) {
      CHECK(e.code() == errc::unsupported);
    }
  }
}

TEST_CASE("an empty projection is the identity") {
  CHECK(Projection::compile(bson::DocumentView{}).identity());
  CHECK(!Projection::compile(doc(R"({"a": 1})")).identity());
  CHECK(!Projection::compile(doc(R"({"_id": 0})")).identity());
  CHECK(projected("{}", R"({"_id": 1, "a": [1]})") == "{_id: 1, a: [1]}");
}

TEST_CASE("positional projections use the details they are given") {
  CHECK(Projection::compile(doc(R"({"a.$": 1})")).needs_match_details());
  CHECK(projected(R"({"a.$": 1})", R"({"a": [7, 8]})", MatchDetails{1}) == "{a: [8]}");
  CHECK(projected(R"({"a.$": 1})", R"({"a": 7})", MatchDetails{}) == "{a: 7}");
  CHECK(projected(R"({"a.$": 1})", R"({"b": 7})", MatchDetails{}) == "{}");
  CHECK_THROWS_AS(projected(R"({"a.$": 1})", R"({"a": [7]})", MatchDetails{}), error);
  CHECK_THROWS_AS(projected(R"({"a.$": 1})", R"({"a": [7]})", MatchDetails{5}), error);
}

TEST_CASE("$slice and $elemMatch in one projection; $elemMatch in an exclusion") {
  const char* document = R"({"_id": 1, "a": [1, 2, 3], "b": [4, 5], "c": 6})";
  CHECK(projected(R"({"a": {"$slice": 1}, "b": {"$elemMatch": {"$gt": 4}}})", document) == "{_id: 1, a: [1], b: [5], c: 6}");
  CHECK(projected(R"({"a": 0, "b": {"$elemMatch": {"$gt": 9}}})", document) == "{_id: 1, c: 6}");
  CHECK(projected(R"({"_id": 1, "a": {"$slice": 1}})", document) == "{_id: 1, a: [1]}");
}

TEST_CASE("$slice does not reach into arrays directly inside arrays") {
  CHECK(projected(R"({"a.b": {"$slice": 1}})", R"({"a": [{"b": [1, 2]}, [{"b": [3, 4]}]]})") ==
        "{a: [{b: [1]}, [{b: [3, 4]}]]}");
}

TEST_CASE("a projection stands on its own after its specification is gone") {
  const Projection projection = [] {
    const auto specification = doc(R"({"a": {"$elemMatch": {"b": "wanted"}}})");
    return Projection::compile(specification);
  }();
  CHECK(test::text(projection.apply(doc(R"({"a": [{"b": "other"}, {"b": "wanted"}]})"))) == "{a: [{b: \"wanted\"}]}");
}

}  // namespace
}  // namespace kinship::sqlite
