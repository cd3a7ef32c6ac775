// Updates beyond the cases: time, refusals in words, what stays untouched, big and hostile inputs.
#include "driver/sqlite/update.hpp"

#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "driver/sqlite/upsert.hpp"
#include "json_documents.hpp"

namespace kinship::sqlite {
namespace {

using test::doc;

constexpr std::int64_t now = 1'700'000'000'123;

std::string applied(std::string_view update, std::string_view document, bool is_insert = false) {
  return test::text(UpdateProgram::compile(doc(update)).apply(doc(document), {}, is_insert, now).document);
}

int error_code(std::string_view update, std::string_view document = R"({"_id": 1})") {
  try {
    applied(update, document);
  } catch (const error& e) {
    CHECK(std::string(e.what()).size() > 15);
    return e.store_code();
  }
  return 0;
}

TEST_CASE("$currentDate takes the time it is given") {
  CHECK(applied(R"({"$currentDate": {"a": true}})", "{}") == "{a: date 1700000000123}");
  CHECK(applied(R"({"$currentDate": {"a": {"$type": "date"}}})", R"({"a": 5})") == "{a: date 1700000000123}");
  const auto result =
      UpdateProgram::compile(doc(R"({"$currentDate": {"a": {"$type": "timestamp"}}})")).apply(doc("{}"), {}, false, now);
  REQUIRE(result.document["a"].is(bson::Type::timestamp));
  CHECK((static_cast<std::uint64_t>(result.document["a"].as_int64()) >> 32) == 1'700'000'000u);
  CHECK(error_code(R"({"$currentDate": {"a": "now"}})") == 2);
  CHECK(error_code(R"({"$currentDate": {"a": {"$type": "time"}}})") == 2);
  CHECK(error_code(R"({"$currentDate": {"a": {"$kind": "date"}}})") == 2);
}

TEST_CASE("$setOnInsert counts only in an insert") {
  CHECK(applied(R"({"$setOnInsert": {"a": 1}})", "{}") == "{}");
  CHECK(applied(R"({"$setOnInsert": {"a": 1}})", "{}", true) == "{a: 1}");
}

TEST_CASE("operands of the wrong shape are refused when the update is read") {
  for (const char* bad : {R"({"$set": 1})",
                          R"({"$rename": {"a": 1}})",
                          R"({"$bit": {"a": {"nand": 1}}})",
                          R"({"$bit": {"a": {}}})",
                          R"({"$bit": {"a": 5}})",
                          R"({"$pop": {"a": "x"}})",
                          R"({"$push": {"a": {"$each": [1], "$slice": 1.5}}})",
                          R"({"$push": {"a": {"$each": [1], "$position": "x"}}})",
                          R"({"$push": {"a": {"$each": [1], "$sort": 2}}})",
                          R"({"$push": {"a": {"$each": [1], "$sort": {}}}})",
                          R"({"$push": {"a": {"$each": [1], "$sort": {"a..b": 1}}}})",
                          R"({"$addToSet": {"a": {"$each": 1}}})",
                          R"({"$addToSet": {"a": {"$each": [1], "x": 1}}})",
                          R"({"$foo": {}})",
                          R"({"$set": {"a": 1}, "b": 2})",
                          R"({"a": 1})",
                          "{}",
                          R"({"$set": {"$": 1}})",
                          R"({"$set": {"$[]": 1}})",
                          R"({"$pull": {"a": {"$foo": 1}}})"}) {
    CHECK_THROWS_AS(UpdateProgram::compile(doc(bad)), error);
  }
}

TEST_CASE("a pipeline is refused in words") {
  try {
    UpdateProgram::compile(test::array(test::Json::parse(R"([{"$set": {"a": 1}}])")));
    FAIL("accepted");
  } catch (const error& e) {
    CHECK(e.code() == errc::unsupported);
    CHECK(std::string(e.what()).find("pipeline") != std::string::npos);
  }
}

TEST_CASE("the error of a type mismatch says field and type") {
  try {
    applied(R"({"$inc": {"a.b": 1}})", R"({"a": {"b": "x"}})");
    FAIL("accepted");
  } catch (const error& e) {
    CHECK(e.code() == errc::type_mismatch);
    CHECK(std::string(e.what()).find("'a.b'") != std::string::npos);
    CHECK(std::string(e.what()).find("string") != std::string::npos);
  }
}

TEST_CASE("what an update does not touch stays, byte by byte") {
  bson::Builder builder;
  builder.append_int32("_id", 1).append_double("nan", 0.0 / 0.0).append_binary("bin", 0x80, std::string_view("\0\1", 2));
  builder.append_timestamp("ts", 7).append_regex("re", "a", "i").append_int32("n", 1);
  const auto before = builder.finish();
  const auto result = UpdateProgram::compile(doc(R"({"$inc": {"n": 1}})")).apply(before, {}, false, now);
  CHECK(result.modified);
  for (const auto& element : before.view()) {
    if (element.name != "n") CHECK(result.document[element.name] == element.value);
  }
}

TEST_CASE("padding an array has a limit") {
  CHECK(error_code(R"({"$set": {"a.2000000": 1}})", R"({"a": []})") == 34);
  CHECK(error_code(R"({"$set": {"a.10": 1}})", R"({"a": []})") == 0);
}

TEST_CASE("nesting beyond the limit is an error, not a crash") {
  std::string path = "a";
  for (int i = 0; i < 150; ++i) path += ".a";
  CHECK_THROWS_AS(UpdateProgram::compile(bson::Builder().begin_document("$set").append_int32(path, 1).end().finish())
                      .apply(doc("{}"), {}, false, now),
                  error);
}

TEST_CASE("a renamed subtree may hold what another operator changed") {
  CHECK(applied(R"({"$rename": {"a": "z"}, "$set": {"b": 1}})", R"({"a": {"k": [1]}})") == "{b: 1, z: {k: [1]}}");
  CHECK(error_code(R"({"$rename": {"a": "b"}, "$set": {"a.x": 1}})") == 40);
  CHECK(error_code(R"({"$rename": {"a": "b", "b": "c"}})") == 40);
}

TEST_CASE("programs tell whether they need the position of the match") {
  CHECK(UpdateProgram::compile(doc(R"({"$set": {"a.$": 1}})")).needs_match_details());
  CHECK(!UpdateProgram::compile(doc(R"({"$set": {"a.$[]": 1}})")).needs_match_details());
  const auto result =
      UpdateProgram::compile(doc(R"({"$set": {"a.$.b": 1}})")).apply(doc(R"({"a": [{}, {}]})"), MatchDetails{1}, false, now);
  CHECK(test::text(result.document) == "{a: [{}, {b: 1}]}");
}

TEST_CASE("the position and an explicit index of one element conflict only on one path") {
  const auto both = UpdateProgram::compile(doc(R"({"$set": {"a.$.b": 1, "a.0.c": 2}})"));
  CHECK(test::text(both.apply(doc(R"({"a": [{}]})"), MatchDetails{0}, false, now).document) == "{a: [{b: 1, c: 2}]}");
  const auto same = UpdateProgram::compile(doc(R"({"$set": {"a.$": 1, "a.0": 2}})"));
  CHECK_THROWS_AS(same.apply(doc(R"({"a": [0]})"), MatchDetails{0}, false, now), error);
}

TEST_CASE("inserted documents get an _id in front") {
  const auto stored = prepare_insert(doc(R"({"a": 1})"));
  CHECK(stored.view().begin()->name == "_id");
  CHECK(stored["_id"].is(bson::Type::object_id));
  CHECK(stored["a"].as_int32() == 1);
  CHECK(test::text(prepare_insert(doc(R"({"_id": 3, "a": 1})"))) == "{_id: 3, a: 1}");
  CHECK_THROWS_AS(prepare_insert(doc(R"({"_id": {"$undefined": true}})")), error);
  CHECK_THROWS_AS(prepare_insert(bson::Builder().begin_document("_id").append_int32("$x", 1).end().finish()), error);
}

TEST_CASE("an upsert without an _id makes one") {
  const auto program = UpdateProgram::compile(doc(R"({"$set": {"b": 2}})"));
  const auto stored = upsert_document(doc(R"({"a": 1})"), program, now);
  CHECK(stored["_id"].is(bson::Type::object_id));
  CHECK(stored["a"].as_int32() == 1);
  CHECK(stored["b"].as_int32() == 2);
  CHECK_THROWS_AS(upsert_replacement(doc(R"({"_id": 1})"), doc(R"({"_id": 2})")), error);
  CHECK_THROWS_AS(upsert_replacement(doc(R"({"_id": 1})"), doc(R"({"$x": 2})")), error);
}

}  // namespace
}  // namespace kinship::sqlite
