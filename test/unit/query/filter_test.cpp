// What conditions look like to a store: names as stored, plain equality where it can be, the rest side by side.
#include <doctest/doctest.h>

#include <kinship/error.hpp>
#include "blog.hpp"

using namespace kinship;
using test::filter;

namespace {
const std::string hex = "65ab00000000000000000001";
const std::string id_text = "ObjectId(65ab00000000000000000001)";
}  // namespace

TEST_CASE("a condition that asks nothing is the empty filter") {
  CHECK(filter(Condition()) == "{}");
  CHECK(filter(Condition() && Condition()) == "{}");
  CHECK(filter(Condition() || Condition{"likes", 1}) == "{}");
  CHECK(Condition().is_always());
}

TEST_CASE("equality is plain, and operators stand under their field") {
  CHECK(filter({"likes", 5}) == R"({"likes": 5})");
  CHECK(filter({"title", "x"}) == R"({"title": "x"})");
  CHECK(filter({"title", nullptr}) == R"({"title": null})");
  CHECK(filter(Condition::ne("likes", 5)) == R"({"likes": {"$ne": 5}})");
  CHECK(filter(Condition::gt("likes", 5)) == R"({"likes": {"$gt": 5}})");
  CHECK(filter(Condition::gte("likes", 5)) == R"({"likes": {"$gte": 5}})");
  CHECK(filter(Condition::lt("likes", 5)) == R"({"likes": {"$lt": 5}})");
  CHECK(filter(Condition::lte("likes", 5)) == R"({"likes": {"$lte": 5}})");
  CHECK(filter(Condition::in("likes", {1, 2})) == R"({"likes": {"$in": [1, 2]}})");
  CHECK(filter(Condition::nin("likes", {1, 2})) == R"({"likes": {"$nin": [1, 2]}})");
  CHECK(filter(Condition::exists("likes")) == R"({"likes": {"$exists": true}})");
  CHECK(filter(Condition::type("extra", "string")) == R"({"extra": {"$type": "string"}})");
  CHECK(filter(Condition::regex("title", "^a")) == R"({"title": {"$regex": "^a"}})");
  CHECK(filter(Condition::regex("title", "^a", "i")) == R"({"title": {"$regex": "^a", "$options": "i"}})");
  CHECK(filter(Condition::size("tags", 2)) == R"({"tags": {"$size": 2}})");
  CHECK(filter(Condition::all("tags", {"a", "b"})) == R"({"tags": {"$all": ["a", "b"]}})");
  CHECK(filter(Condition::mod("likes", 4, 1)) == R"({"likes": {"$mod": [4, 1]}})");
}

TEST_CASE("fields are named by member or as stored") {
  CHECK(filter({"author", hex}) == R"({"author_id": )" + id_text + "}");
  CHECK(filter({"author_id", hex}) == R"({"author_id": )" + id_text + "}");
  CHECK(filter({"id", hex}) == R"({"_id": )" + id_text + "}");
  CHECK(filter({"_id", hex}) == R"({"_id": )" + id_text + "}");
  CHECK(filter({"subtitle", "x"}) == R"({"sub": "x"})");
}

TEST_CASE("conditions on different fields lie side by side") {
  CHECK(filter(Condition{"likes", 1} && Condition{"title", "x"}) == R"({"likes": 1, "title": "x"})");
  CHECK(filter(Condition::gt("likes", 1) && Condition::lt("likes", 9)) == R"({"likes": {"$gt": 1, "$lt": 9}})");
  CHECK(filter(Condition{"likes", 1} && Condition{"likes", 2}) == R"({"likes": 1, "$and": [{"likes": 2}]})");
  CHECK(filter(Condition::gt("likes", 1) && Condition::gt("likes", 2)) ==
        R"({"likes": {"$gt": 1}, "$and": [{"likes": {"$gt": 2}}]})");
}

TEST_CASE("what is said twice is sent once") {
  const Condition a{"likes", 1};
  CHECK(filter(a && a) == R"({"likes": 1})");
  CHECK(filter(a && Condition{"title", "x"} && a) == R"({"likes": 1, "title": "x"})");
}

TEST_CASE("the first $in on a field stays at the top level by itself") {
  const Condition keys = Condition::in("author", {hex});
  CHECK(filter(keys && Condition::gt("author", hex)) ==
        R"({"author_id": {"$in": [)" + id_text + R"(]}, "$and": [{"author_id": {"$gt": )" + id_text + "}}]}");
}

TEST_CASE("alternatives") {
  const Condition a{"likes", 1}, b{"title", "x"}, c{"active", true};
  CHECK(filter(a || b) == R"({"$or": [{"likes": 1}, {"title": "x"}]})");
  CHECK(filter(a || b || c) == R"({"$or": [{"likes": 1}, {"title": "x"}, {"active": true}]})");
  CHECK(filter(c && (a || b)) == R"({"active": true, "$or": [{"likes": 1}, {"title": "x"}]})");
  CHECK(filter((a || b) && (b || c)) ==
        R"({"$and": [{"$or": [{"likes": 1}, {"title": "x"}]}, {"$or": [{"title": "x"}, {"active": true}]}]})");
}

TEST_CASE("no alternatives and no values match nothing") {
  CHECK(filter(Condition::any_of({})) == R"({"_id": {"$in": []}})");
  CHECK(filter(Condition::never()) == R"({"_id": {"$in": []}})");
  CHECK(filter(Condition::never() || Condition{"likes", 1}) == R"({"likes": 1})");
  CHECK(filter(Condition::in("likes", {})) == R"({"likes": {"$in": []}})");
  CHECK(filter(!Condition()) == R"({"_id": {"$in": []}})");
  CHECK(filter(Condition::all_of({})) == "{}");
}

TEST_CASE("negation turns operators around where stores have the opposite") {
  CHECK(filter(!Condition{"likes", 1}) == R"({"likes": {"$ne": 1}})");
  CHECK(filter(!Condition::ne("likes", 1)) == R"({"likes": 1})");
  CHECK(filter(!Condition::in("likes", {1})) == R"({"likes": {"$nin": [1]}})");
  CHECK(filter(!Condition::nin("likes", {1})) == R"({"likes": {"$in": [1]}})");
  CHECK(filter(!Condition::exists("likes")) == R"({"likes": {"$exists": false}})");
  CHECK(filter(!Condition::gt("likes", 1)) == R"({"likes": {"$not": {"$gt": 1}}})");
  CHECK(filter(!Condition::regex("title", "a", "i")) == R"({"title": {"$not": {"$regex": /a/i}}})");
  CHECK(filter(!!Condition::gt("likes", 1)) == R"({"likes": {"$gt": 1}})");
}

TEST_CASE("negation of a conjunction and of alternatives") {
  const Condition a{"likes", 1}, b{"title", "x"};
  CHECK(filter(!(a && b)) == R"({"$or": [{"likes": {"$ne": 1}}, {"title": {"$ne": "x"}}]})");
  CHECK(filter(!(a || b)) == R"({"likes": {"$ne": 1}, "title": {"$ne": "x"}})");
}

TEST_CASE("a long chain does not nest") {
  Condition chain, alternatives = Condition::never();
  for (int i = 0; i < 3000; ++i) {
    chain = std::move(chain) && Condition{"likes", 7};
    if (i % 100 == 0) alternatives = std::move(alternatives) || Condition{"likes", i};
  }
  CHECK(filter(chain) == R"({"likes": 7})");
  CHECK(resolve_filter(alternatives, test::post_catalog())["$or"].type() == bson::Type::array);
}

TEST_CASE("equality of conditions is structural") {
  CHECK((Condition{"likes", 1} && Condition{"a", 2}) == (Condition{"likes", 1} && Condition{"a", 2}));
  CHECK_FALSE(Condition{"likes", 1} == Condition{"likes", 2});
  CHECK_FALSE(Condition{"likes", 1} == Condition{"like", 1});
  CHECK_FALSE(Condition{"likes", 1} == Condition());
}

TEST_CASE("to_string prints names as they were given") {
  CHECK(to_string(Condition{"author", "x"} && !Condition::gt("nope", 2)) ==
        R"({"author": "x", "nope": {"$not": {"$gt": 2}}})");
}
