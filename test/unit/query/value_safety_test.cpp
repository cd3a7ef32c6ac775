// Values are data: whatever a request body holds, it is compared, and never becomes an operator.
// And raw(), the one way in for operators.
#include <doctest/doctest.h>

#include <kinship/error.hpp>
#include <kinship/value/json.hpp>
#include "blog.hpp"

using namespace kinship;
using test::filter;

namespace {

template <class F>
std::string failure(F f) {
  try {
    f();
  } catch (const error& e) {
    return e.sentence();
  }
  return "no error";
}

}  // namespace

TEST_CASE("an object that looks like an operator is compared by equality") {
  const json body = json::parse(R"({"name": {"$ne": null}})");
  CHECK(filter({"title", body["name"]}) == R"({"title": {"$eq": {"$ne": null}}})");
  CHECK(filter({"extra", body["name"]}) == R"({"extra": {"$eq": {"$ne": null}}})");
  CHECK(filter({"id", body["name"]}) == R"({"_id": {"$eq": {"$ne": null}}})");
  CHECK(filter(Condition::ne("extra", body["name"])) == R"({"extra": {"$ne": {"$ne": null}}})");
  CHECK(filter(Condition::in("extra", {body["name"]})) == R"({"extra": {"$in": [{"$ne": null}]}})");
}

TEST_CASE("an operator anywhere in the object makes no difference") {
  CHECK(filter({"extra", json{{"a", 1}, {"$gt", 2}}}) == R"({"extra": {"$eq": {"a": 1, "$gt": 2}}})");
  CHECK(filter({"extra", json{{"a", 1}}}) == R"({"extra": {"a": 1}})");
  CHECK(filter({"extra", json::object()}) == R"({"extra": {}})");
}

TEST_CASE("arrays stay values") {
  CHECK(filter({"title", json::array({"a", "b"})}) == R"({"title": ["a", "b"]})");
  CHECK(filter({"tags", json::array({"a", "b"})}) == R"({"tags": ["a", "b"]})");
}

TEST_CASE("extended JSON in a value is not interpreted") {
  CHECK(filter({"extra", json{{"$oid", "65ab00000000000000000001"}}}) ==
        R"({"extra": {"$eq": {"$oid": "65ab00000000000000000001"}}})");
}

TEST_CASE("a regular expression as a value is compared, not searched with") {
  bson::Builder builder;
  const bson::Document regex = builder.append_regex("v", "a", "").finish();
  CHECK(filter({"extra", Value(regex["v"])}) == R"({"extra": {"$eq": /a/}})");
  CHECK(filter(Condition::ne("extra", Value(regex["v"]))) == R"({"extra": {"$not": {"$eq": /a/}}})");
  CHECK(filter(!Condition::ne("extra", Value(regex["v"]))) == R"({"extra": {"$eq": /a/}})");
  CHECK(filter(!Condition::eq("extra", Value(regex["v"]))) == R"({"extra": {"$not": {"$eq": /a/}}})");
  CHECK(failure([&] { filter(Condition::in("extra", {Value(regex["v"])})); }).find("matches()") != std::string::npos);
  CHECK(failure([&] { filter({"title", Value(regex["v"])}); }).find("matches()") != std::string::npos);
}

TEST_CASE("operators cannot come in as field names") {
  CHECK_THROWS_AS(filter({"$where", "sleep(1000)"}), error);
  CHECK_THROWS_AS(filter({"$or", json::array()}), error);
  CHECK_THROWS_AS(filter(Condition::elem_match("extra", {"$where", "x"})), error);
  CHECK_THROWS_AS(filter({"", 1}), error);
  CHECK_THROWS_AS(filter({"extra..a", 1}), error);
  CHECK_THROWS_AS(filter({std::string("title\0x", 7), 1}), error);
}

TEST_CASE("raw() passes a filter on as it is, beside others") {
  const json wanted = {{"author_id", {{"$oid", "65ab00000000000000000001"}}}, {"n", {{"$gt", 3}}}};
  CHECK(filter(raw(wanted)) == R"({"author_id": ObjectId(65ab00000000000000000001), "n": {"$gt": 3}})");
  CHECK(filter(raw(nlohmann::json{{"n", 1}})) == R"({"n": 1})");
  CHECK(filter(raw({{"n", 1}})) == R"({"n": 1})");
  CHECK(filter(raw(json::object())) == "{}");
  CHECK(filter(Condition{"likes", 1} && raw({{"n", 1}})) == R"({"likes": 1, "$and": [{"n": 1}]})");
  CHECK(filter(Condition{"likes", 1} && raw({{"$or", {{{"n", 1}}}}})) == R"({"likes": 1, "$or": [{"n": 1}]})");
  CHECK(filter(!raw({{"n", 1}})) == R"({"$nor": [{"n": 1}]})");
  CHECK(filter(raw({{"n", 1}}) || Condition{"likes", 1}) == R"({"$or": [{"n": 1}, {"likes": 1}]})");
  CHECK_THROWS_AS(raw(json(5)), error);
}

TEST_CASE("raw_update() takes operators only") {
  CHECK(test::update(raw_update({{"$set", {{"a", 1}}}})) == R"({"$set": {"a": 1}})");
  CHECK(test::update(raw_update({{"$set", {{"a", 1}}}}).inc("likes")) == R"({"$set": {"a": 1}, "$inc": {"likes": 1}})");
  CHECK_THROWS_AS(raw_update({{"a", 1}}), error);
  CHECK_THROWS_AS(raw_update(json(1)), error);
}

TEST_CASE("a document that looks like a modifier is an element") {
  const json each = {{"$each", json::array({1})}};
  CHECK(test::update(push("extra", each)) == R"({"$push": {"extra": {"$each": [{"$each": [1]}]}}})");
  CHECK(test::update(add_to_set("extra", each)) == R"({"$addToSet": {"extra": {"$each": [{"$each": [1]}]}}})");
  CHECK(test::update(pull("extra", json{{"$gt", 1}})) == R"({"$pullAll": {"extra": [{"$gt": 1}]}})");
}
