// Updates: what each change looks like to a store, what is checked, and what typed forms make of their values.
#include <doctest/doctest.h>

#include <boost/describe.hpp>
#include <kinship/error.hpp>

#include "blog.hpp"

using namespace kinship;
using test::update;

namespace {

struct Post {
  std::string title{};
  std::optional<std::string> subtitle{};
  int likes{};
  double score{};
  std::vector<std::string> tags{};
  DateTime created_at{};
};
BOOST_DESCRIBE_STRUCT(Post, (), (title, subtitle, likes, score, tags, created_at))

std::string failure(const Update& change, errc code) {
  try {
    update(change);
  } catch (const error& e) {
    CHECK(e.code() == code);
    return e.sentence();
  }
  return "no error";
}

}  // namespace

TEST_CASE("changes by name") {
  CHECK(update(set("title", "x")) == R"({"$set": {"title": "x"}})");
  CHECK(update(set("author", "65ab00000000000000000001")) ==
        R"({"$set": {"author_id": ObjectId(65ab00000000000000000001)}})");
  CHECK(update(set_on_insert("title", "x")) == R"({"$setOnInsert": {"title": "x"}})");
  CHECK(update(unset("subtitle")) == R"({"$unset": {"sub": ""}})");
  CHECK(update(inc("likes")) == R"({"$inc": {"likes": 1}})");
  CHECK(update(inc("likes", -2)) == R"({"$inc": {"likes": -2}})");
  CHECK(update(mul("score", 2)) == R"({"$mul": {"score": 2.0}})");
  CHECK(update(kinship::min("likes", 2)) == R"({"$min": {"likes": 2}})");
  CHECK(update(kinship::max("likes", 2)) == R"({"$max": {"likes": 2}})");
  CHECK(update(push("tags", "x")) == R"({"$push": {"tags": "x"}})");
  CHECK(update(push_all("tags", {"x", "y"})) == R"({"$push": {"tags": {"$each": ["x", "y"]}}})");
  CHECK(update(add_to_set("tags", "x")) == R"({"$addToSet": {"tags": "x"}})");
  CHECK(update(add_all_to_set("tags", {"x"})) == R"({"$addToSet": {"tags": {"$each": ["x"]}}})");
  CHECK(update(pull("tags", "x")) == R"({"$pullAll": {"tags": ["x"]}})");
  CHECK(update(pull_all("tags", {"x", "y"})) == R"({"$pullAll": {"tags": ["x", "y"]}})");
  CHECK(update(pull_where("comments", Condition::gt("likes", 3))) == R"({"$pull": {"comments": {"n": {"$gt": 3}}}})");
  CHECK(update(pull_where("scores", Condition::gt("", 3))) == R"({"$pull": {"scores": {"$gt": 3}}})");
  CHECK(update(pop("tags")) == R"({"$pop": {"tags": 1}})");
  CHECK(update(pop("tags", PopEnd::first)) == R"({"$pop": {"tags": -1}})");
  CHECK(update(kinship::rename("extra.a", "extra.b")) == R"({"$rename": {"extra.a": "extra.b"}})");
  CHECK(update(current_date("created_at")) == R"({"$currentDate": {"created_at": true}})");
}

TEST_CASE("changes add up, and leave the update they began with as it was") {
  const Update first = set("title", "x");
  const Update both = first.inc("likes").set("subtitle", "y");
  CHECK(update(both) == R"({"$set": {"title": "x", "sub": "y"}, "$inc": {"likes": 1}})");
  CHECK(update(first) == R"({"$set": {"title": "x"}})");
  CHECK(update(first.and_then(inc("likes"))) == R"({"$set": {"title": "x"}, "$inc": {"likes": 1}})");
  CHECK(to_string(set("author", 1)) == R"({"$set": {"author": 1}})");
}

TEST_CASE("null unsets what may be absent, and is refused elsewhere") {
  CHECK(update(set("subtitle", nullptr)) == R"({"$unset": {"sub": ""}})");
  CHECK(update(set("author", nullptr)) == R"({"$unset": {"author_id": ""}})");
  CHECK(update(set("extra", nullptr)) == R"({"$set": {"extra": null}})");
  CHECK(failure(set("title", nullptr), errc::type_mismatch).find("std::optional") != std::string::npos);
}

TEST_CASE("numbers are stored in the width of their field") {
  const auto type_of = [](const Update& change, const char* field) {
    return resolve_update(change, test::post_catalog())["$set"].as_document()[field].type();
  };
  CHECK(type_of(set("views", 1), "views") == bson::Type::int64);
  CHECK(type_of(set("likes", std::int64_t{1}), "likes") == bson::Type::int32);
  CHECK(type_of(set("likes", 2.0), "likes") == bson::Type::int32);
  CHECK(type_of(set("score", 1), "score") == bson::Type::double_);
  CHECK(type_of(set("price", 1), "price") == bson::Type::decimal128);
  CHECK(failure(set("likes", std::int64_t{1} << 40), errc::type_mismatch).find("int32 can hold") != std::string::npos);
  CHECK(failure(set("likes", 1.5), errc::type_mismatch).find("whole number") != std::string::npos);
  CHECK(failure(inc("likes", 0.5), errc::type_mismatch).find("whole number") != std::string::npos);
}

TEST_CASE("wrong types and names are refused") {
  CHECK(failure(set("titel", "x"), errc::unknown_field).find("'title'") != std::string::npos);
  CHECK(failure(set("title", 5), errc::type_mismatch).find("expected string") != std::string::npos);
  CHECK(failure(set("tags", "x"), errc::type_mismatch).find("push()") != std::string::npos);
  CHECK(failure(push("title", "x"), errc::type_mismatch).find("array") != std::string::npos);
  CHECK(failure(push("tags", 5), errc::type_mismatch).find("expected string") != std::string::npos);
  CHECK(failure(pop("title"), errc::type_mismatch).find("array") != std::string::npos);
  CHECK(failure(inc("title"), errc::type_mismatch).find("string") != std::string::npos);
  CHECK(failure(inc("likes", "x"), errc::type_mismatch).find("a number") != std::string::npos);
  CHECK(failure(current_date("title"), errc::type_mismatch).find("current date") != std::string::npos);
  CHECK(failure(kinship::rename("title", "nope"), errc::unknown_field).find("nope") != std::string::npos);
  CHECK(failure(Update(), errc::invalid_query).find("changes nothing") != std::string::npos);
}

TEST_CASE("whole arrays, nested documents and positions") {
  CHECK(update(set("tags", std::vector<std::string>{"a", "b"})) == R"({"$set": {"tags": ["a", "b"]}})");
  CHECK(update(set("comments.0.likes", 5)) == R"({"$set": {"comments.0.n": 5}})");
  CHECK(update(set("comments.$.likes", 5)) == R"({"$set": {"comments.$.n": 5}})");
  CHECK(update(set("comments.$[].likes", 5)) == R"({"$set": {"comments.$[].n": 5}})");
}

TEST_CASE("typed changes") {
  CHECK(update(set<&Post::title>("x").inc<&Post::likes>(2)) == R"({"$set": {"title": "x"}, "$inc": {"likes": 2}})");
  CHECK(update(inc<&Post::likes>()) == R"({"$inc": {"likes": 1}})");
  CHECK(update(set<&Post::subtitle>(std::nullopt)) == R"({"$unset": {"sub": ""}})");
  CHECK(update(set<&Post::subtitle>(std::optional<std::string>("x"))) == R"({"$set": {"sub": "x"}})");
  CHECK(update(set<&Post::tags>(std::vector<std::string>{"a"})) == R"({"$set": {"tags": ["a"]}})");
  CHECK(update(push<&Post::tags>("x")) == R"({"$push": {"tags": "x"}})");
  CHECK(update(push_all<&Post::tags>(std::vector<std::string>{"x"})) == R"({"$push": {"tags": {"$each": ["x"]}}})");
  CHECK(update(add_to_set<&Post::tags>("x")) == R"({"$addToSet": {"tags": "x"}})");
  CHECK(update(pull<&Post::tags>("x").set<&Post::likes>(0)) == R"({"$pullAll": {"tags": ["x"]}, "$set": {"likes": 0}})");
  CHECK(update(pop<&Post::tags>()) == R"({"$pop": {"tags": 1}})");
  CHECK(update(mul<&Post::score>(1.5)) == R"({"$mul": {"score": 1.5}})");
  CHECK(update(kinship::max<&Post::likes>(5)) == R"({"$max": {"likes": 5}})");
  CHECK(update(unset<&Post::subtitle>()) == R"({"$unset": {"sub": ""}})");
  CHECK(update(current_date<&Post::created_at>()) == R"({"$currentDate": {"created_at": true}})");
  CHECK(update(set<&Post::created_at>("2024-05-01")) == R"({"$set": {"created_at": 2024-05-01T00:00:00Z}})");
}
