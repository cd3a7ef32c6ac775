// Names and types against a model: what is found, what is parsed, and what the errors say.
#include <doctest/doctest.h>

#include <kinship/error.hpp>
#include "blog.hpp"

using namespace kinship;
using test::filter;

namespace {

std::string failure(const Condition& condition, errc code) {
  try {
    filter(condition);
  } catch (const error& e) {
    CHECK(e.code() == code);
    CHECK(e.model() == "Post");
    return e.sentence();
  }
  return "no error";
}
std::string unknown(const Condition& condition) { return failure(condition, errc::unknown_field); }
std::string mismatch(const Condition& condition) { return failure(condition, errc::type_mismatch); }

}  // namespace

TEST_CASE("an unknown field is named with its model and the nearest there is") {
  CHECK(unknown({"titel", "x"}) == "Post has no field 'titel'; did you mean 'title'?");
  CHECK(unknown({"autor", "x"}) == "Post has no field 'autor'; did you mean 'author'?");
  CHECK(unknown({"Likes", 1}) == "Post has no field 'Likes'; did you mean 'likes'?");
  CHECK(unknown({"zzzzzzzz", 1}).find("its fields are id, author, title") != std::string::npos);
  CHECK(unknown({std::string(100000, 'x'), 1}).size() < 500);
}

TEST_CASE("dotted paths enter nested structs, arrays of them, and indexes") {
  CHECK(filter({"comments.text", "x"}) == R"({"comments.text": "x"})");
  CHECK(filter({"comments.likes", 1}) == R"({"comments.n": 1})");
  CHECK(filter({"comments.0.likes", 1}) == R"({"comments.0.n": 1})");
  CHECK(filter({"comments.0.marks.1", "x"}) == R"({"comments.0.marks.1": "x"})");
  CHECK(filter({"pinned.likes", 1}) == R"({"pinned.n": 1})");
  CHECK(filter({"tags.0", "x"}) == R"({"tags.0": "x"})");
}

TEST_CASE("below json and map members anything goes") {
  CHECK(filter({"extra.a.b.0", 1}) == R"({"extra.a.b.0": 1})");
  CHECK(filter({"counts.monday", 1}) == R"({"counts.monday": 1})");
}

TEST_CASE("paths that lead nowhere say why") {
  CHECK(unknown({"title.x", 1}).find("nothing below it") != std::string::npos);
  CHECK(unknown({"author.name", "x"}).find("holds only the key of another document") != std::string::npos);
  CHECK(unknown({"tags.x", 1}).find("nothing below it") != std::string::npos);
  try {
    filter({"comments.texts", "x"});
    FAIL("no error");
  } catch (const error& e) {
    CHECK(e.sentence() == "Comment has no field 'texts'; did you mean 'text'?");
  }
}

TEST_CASE("text is parsed for ids, uuids, dates and decimals") {
  const std::string uuid = "0e37df36-f698-11e6-8dd4-cb9ced3df976";
  CHECK(filter({"uuid", uuid}) == R"({"uuid": )" + uuid + "}");
  CHECK(filter({"created_at", "2024-05-01T12:00:00Z"}) == R"({"created_at": 2024-05-01T12:00:00Z})");
  CHECK(filter({"price", "12.50"}) == R"({"price": 12.50})");
  CHECK(filter(Condition::in("tag_ids", {"65ab00000000000000000001"})) ==
        R"({"tag_ids": {"$in": [ObjectId(65ab00000000000000000001)]}})");
}

TEST_CASE("what cannot be parsed is a mismatch that names model, field, found and expected") {
  CHECK(mismatch({"author", "abc"}) == R"(Post.author: found string "abc", expected an ObjectId, or its 24 hex digits)");
  CHECK(mismatch({"uuid", "abc"}).find("expected a Uuid") != std::string::npos);
  CHECK(mismatch({"created_at", "yesterday"}).find("expected a date") != std::string::npos);
  CHECK(mismatch({"price", "dear"}).find("expected a Decimal128") != std::string::npos);
  CHECK(mismatch({"author", 5}).find("found int 5") != std::string::npos);
  CHECK(mismatch(Condition::in("author", {"65ab00000000000000000001", "abc"})).find("Post.author") == 0);
}

TEST_CASE("a wrong type is a mismatch") {
  CHECK(mismatch({"title", 5}).find("expected string") != std::string::npos);
  CHECK(mismatch({"likes", "5"}).find("expected a number") != std::string::npos);
  CHECK(mismatch({"active", 1}).find("expected bool") != std::string::npos);
  CHECK(mismatch({"tags", 1}).find("expected string") != std::string::npos);
  CHECK(mismatch(Condition::regex("likes", "5")).find("a regular expression") != std::string::npos);
  CHECK(mismatch(Condition::size("likes", 5)).find("array") != std::string::npos);
  CHECK(mismatch(Condition::mod("title", 5, 1)).find("expected") != std::string::npos);
  CHECK_THROWS_AS(filter(Condition::elem_match("comments", Condition{"likes", "x"})), error);
}

TEST_CASE("numbers of any width stand against each other, and null against everything") {
  CHECK(filter({"likes", std::int64_t{1} << 40}) == R"({"likes": 1099511627776})");
  CHECK(filter({"views", 1}) == R"({"views": 1})");
  CHECK(filter({"likes", 1.5}) == R"({"likes": 1.5})");
  CHECK(filter({"score", 1}) == R"({"score": 1})");
  CHECK(filter({"price", 3}) == R"({"price": 3})");
  for (const char* name : {"id", "author", "title", "likes", "active", "uuid", "created_at", "tags", "comments"})
    CHECK(filter({name, nullptr}).find("null") != std::string::npos);
}

TEST_CASE("conditions on elements use the elements' fields") {
  CHECK(filter(Condition::elem_match("comments", Condition{"likes", 1} && Condition::gt("text", "a"))) ==
        R"({"comments": {"$elemMatch": {"n": 1, "text": {"$gt": "a"}}}})");
  CHECK(filter(!Condition::elem_match("scores", Condition::gt("", 5))) ==
        R"({"scores": {"$not": {"$elemMatch": {"$gt": 5}}}})");
  CHECK(filter(Condition::elem_match("extra", Condition{"anything", 1})) == R"({"extra": {"$elemMatch": {"anything": 1}}})");
  CHECK_THROWS_AS(filter(Condition::elem_match("scores", Condition{"likes", 1})), error);
  CHECK_THROWS_AS(filter(Condition::elem_match("scores", Condition{"", 1} || Condition{"", 2})), error);
  CHECK_THROWS_AS(filter(Condition::elem_match("scores", Condition{"", "x"})), error);
}

TEST_CASE("keys of a large $in: each once, in order, in the field's type") {
  std::vector<Value> keys;
  for (int i = 0; i < 100; ++i) keys.push_back(Value(i % 10));
  CHECK(filter(Condition::in("likes", keys)) == R"({"likes": {"$in": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}})");
  bson::Builder ids;
  std::vector<ObjectId> made;
  for (int i = 0; i < 50'000; ++i) made.push_back(ObjectId::make());
  ids.begin_array("");
  for (const ObjectId& id : made) ids.append_object_id("", id.bytes().data());
  const bson::Document whole = ids.end().finish();
  const bson::Document array(whole[""].as_document());
  const bson::Document resolved = resolve_filter(Condition::in_array("author", array), test::post_catalog());
  CHECK(resolved["author_id"].as_document()["$in"].as_document() == array.view());
}

TEST_CASE("single values and fields") {
  const bson::Document value = resolve_value(Value("65ab00000000000000000001").view(), "author", test::post_catalog());
  CHECK(value[""].is(bson::Type::object_id));
  const ResolvedField field = resolve_field("comments.likes", test::post_catalog());
  CHECK(field.stored == "comments.n");
  CHECK(field.type.kind == StoredKind::int32);
  CHECK(resolve_field("comments", test::post_catalog()).nested == &test::comment_catalog());
}

TEST_CASE("orders and projections use stored names") {
  const auto sort = [](const OrderBy& order) { return describe(Value(resolve_sort(order, test::post_catalog()))); };
  CHECK(sort({{"likes", -1}, {"author", 1}}) == R"({"likes": -1, "author_id": 1})");
  CHECK(sort({{"likes"}}) == R"({"likes": 1})");
  CHECK(sort({{"likes", 1}, {"likes", -1}}) == R"({"likes": 1})");
  CHECK(sort({}) == "{}");
  CHECK_THROWS_AS(sort({{"likes", 2}}), error);
  CHECK_THROWS_AS(sort({{"nope", 1}}), error);
  const auto fields = [](std::vector<std::string> names) {
    return describe(Value(resolve_projection(Projection(std::move(names)), test::post_catalog())));
  };
  CHECK(fields({"author", "title"}) == R"({"_id": 1, "author_id": 1, "title": 1})");
  CHECK(fields({"id", "title", "title"}) == R"({"_id": 1, "title": 1})");
  CHECK(fields({}) == "{}");
  CHECK_THROWS_AS(fields({"nope"}), error);
}
