// The raw Collection: what each call returns, what it throws, and that a named query can be asked again.
#include <doctest/doctest.h>

#include <kinship/collection.hpp>
#include <kinship/value/json.hpp>

#include "store/fixture.hpp"

using namespace kinship;
using test::run;

namespace {

struct Books {
  test::StoreFixture store;
  Collection books{store.driver, "books"};

  Books() {
    run(books.insert_many(json::parse(R"([
      {"_id": 1, "title": "a", "year": 1990, "tags": ["x", "y"]},
      {"_id": 2, "title": "b", "year": 2000, "tags": ["y"]},
      {"_id": 3, "title": "c", "year": 2000}])")));
  }

  std::string all(const json& filter = json::object()) {
    std::string ids;
    for (const json& row : run(books.find(filter).sort({{"_id", 1}}).all())) ids += row["_id"].dump();
    return ids;
  }
};

template <class F>
error failure(F f) {
  try {
    f();
  } catch (const error& e) {
    return e;
  }
  FAIL("no error");
  return error(errc::store, "none");
}

}  // namespace

TEST_CASE("insert_one returns the id, and makes one where there is none") {
  test::StoreFixture store;
  const Collection things(store.driver, "things");
  CHECK(run(things.insert_one({{"_id", "x"}})) == Value("x"));
  const Value made = run(things.insert_one({{"a", 1}}));
  CHECK(made.type() == bson::Type::object_id);
  const auto row = run(things.find({{"a", 1}}).first());
  REQUIRE(row.has_value());
  CHECK(row->begin().key() == "_id");
  CHECK((*row)["_id"].contains("$oid"));
  CHECK(things.name() == "things");
}

TEST_CASE("insert_many returns the ids in order") {
  test::StoreFixture store;
  const Collection things(store.driver, "things");
  const auto ids = run(things.insert_many(json::parse(R"([{"_id": 5}, {}, {"_id": 7}])")));
  REQUIRE(ids.size() == 3);
  CHECK(ids[0] == Value(5));
  CHECK(ids[1].type() == bson::Type::object_id);
  CHECK(ids[2] == Value(7));
  CHECK(run(things.count()) == 3);
}

TEST_CASE_FIXTURE(Books, "a taken key names collection, index and key, and says what was applied") {
  run(books.create_index({{"title", 1}}, true));
  const error taken = failure([&] { run(books.insert_one({{"_id", 9}, {"title", "a"}})); });
  CHECK(taken.code() == errc::duplicate_key);
  CHECK(taken.store_code() == 11000);
  CHECK(taken.outcome() == Outcome::not_applied);
  CHECK(std::string(taken.what()).find("books") != std::string::npos);
  CHECK(std::string(taken.what()).find("title_1") != std::string::npos);
  CHECK(taken.key() == R"({"title": "a"})");
  const json two = json::parse(R"([{"_id": 10, "title": "new"}, {"_id": 1}, {"_id": 11}])");
  CHECK(failure([&] { run(books.insert_many(two)); }).outcome() == Outcome::partial);
  CHECK(all({{"_id", {{"$gte", 9}}}}) == "10");
}

TEST_CASE_FIXTURE(Books, "unordered inserts go on after a failure") {
  const json documents = json::parse(R"([{"_id": 1}, {"_id": 20}, {"_id": 2}, {"_id": 21}])");
  const error partly = failure([&] { run(books.insert_many(documents, false)); });
  CHECK(partly.code() == errc::duplicate_key);
  CHECK(std::string(partly.what()).find("1 more item") != std::string::npos);
  CHECK(all() == "1232021");
}

TEST_CASE_FIXTURE(Books, "a query may be named, refined and asked again") {
  const CollectionQuery query = books.find({{"year", 2000}});
  const CollectionQuery sorted = query.sort({{"title", -1}});
  CHECK(run(query.count()) == 2);
  CHECK(run(query.exists()));
  CHECK(run(sorted.all()).front()["title"] == "c");
  CHECK(run(sorted.skip(1).all()).front()["title"] == "b");
  CHECK(run(sorted.limit(1).all()).size() == 1);
  CHECK(run(sorted.limit(1).count()) == 1);
  CHECK(run(sorted.first()).value()["_id"] == 3);
  CHECK(run(sorted.projection({{"title", 1}}).all()).front().dump() == R"({"_id":3,"title":"c"})");
  run(books.insert_one({{"_id", 4}, {"year", 2000}}));
  CHECK(run(query.count()) == 3);
  CHECK_FALSE(run(books.find({{"year", 1}}).exists()));
  CHECK_FALSE(run(books.find({{"year", 1}}).first()).has_value());
}

TEST_CASE_FIXTURE(Books, "count and distinct") {
  CHECK(run(books.count()) == 3);
  CHECK(run(books.count({{"tags", "y"}})) == 2);
  auto tags = run(books.distinct("tags"));
  CHECK(tags.size() == 2);
  CHECK(run(books.distinct("year", {{"tags", "x"}})) == std::vector<json>{1990});
}

TEST_CASE_FIXTURE(Books, "updates say what they matched and modified") {
  const UpdateResult one = run(books.update_one({{"year", 2000}}, {{"$set", {{"year", 2001}}}}));
  CHECK(one.matched == 1);
  CHECK(one.modified == 1);
  CHECK_FALSE(one.upserted_id.has_value());
  const UpdateResult many = run(books.update_many(json::object(), {{"$set", {{"year", 2001}}}}));
  CHECK(many.matched == 3);
  CHECK(many.modified == 2);
  const UpdateResult none = run(books.update_one({{"_id", 99}}, {{"$set", {{"year", 1}}}}));
  CHECK(none.matched == 0);
  CHECK(run(books.count()) == 3);
}

TEST_CASE_FIXTURE(Books, "upserts and replacements") {
  const UpdateResult made = run(books.upsert_one({{"_id", 50}}, {{"$set", {{"title", "new"}}}}));
  CHECK(made.matched == 0);
  CHECK(made.upserted_id == Value(50));
  CHECK(run(books.upsert_one({{"_id", 50}}, {{"$set", {{"title", "newer"}}}})).matched == 1);
  CHECK(run(books.replace_one({{"_id", 50}}, {{"only", true}})).modified == 1);
  CHECK(run(books.find({{"_id", 50}}).first()).value().dump() == R"({"_id":50,"only":true})");
  CHECK(run(books.replace_one({{"_id", 51}}, {{"a", 1}}, true)).upserted_id == Value(51));
}

TEST_CASE_FIXTURE(Books, "updates of chosen elements") {
  const json filters = json::parse(R"([{"t": "y"}])");
  const UpdateOptions options = UpdateOptions().array_filters(filters);
  const UpdateResult result = run(books.update_many({{"tags", "y"}}, {{"$set", {{"tags.$[t]", "z"}}}}, options));
  CHECK(result.modified == 2);
  CHECK(run(books.find({{"_id", 1}}).first()).value()["tags"].dump() == R"(["x","z"])");
}

TEST_CASE_FIXTURE(Books, "find_one_and_update returns the document before or after") {
  const json add = {{"$inc", {{"year", 1}}}};
  CHECK(run(books.find_one_and_update({{"_id", 1}}, add)).value()["year"] == 1990);
  FindAndUpdateOptions after;
  after.return_new().sort({{"title", -1}}).projection({{"title", 1}});
  CHECK(run(books.find_one_and_update({{"year", 2000}}, add, after)).value().dump() == R"({"_id":3,"title":"c"})");
  CHECK_FALSE(run(books.find_one_and_update({{"_id", 99}}, add)).has_value());
  FindAndUpdateOptions upsert;
  upsert.upsert().return_new();
  CHECK(run(books.find_one_and_update({{"_id", 99}}, add, upsert)).value()["year"] == 1);
}

TEST_CASE_FIXTURE(Books, "removing one and many") {
  CHECK(run(books.delete_one({{"year", 2000}})) == 1);
  CHECK(run(books.delete_many(json::object())) == 2);
  CHECK(run(books.delete_many(json::object())) == 0);
}

TEST_CASE_FIXTURE(Books, "bulk_write does several things in one operation") {
  const BulkResult result = run(books.bulk_write(json::parse(R"([
    {"insertOne": {"document": {"_id": 70}}},
    {"updateOne": {"filter": {"_id": 1}, "update": {"$set": {"title": "z"}}}},
    {"updateMany": {"filter": {"year": 2000}, "update": {"$inc": {"year": 1}}}},
    {"updateOne": {"filter": {"_id": 71}, "update": {"$set": {"a": 1}}, "upsert": true}},
    {"replaceOne": {"filter": {"_id": 70}, "replacement": {"b": 1}}},
    {"deleteOne": {"filter": {"_id": 1}}},
    {"deleteMany": {"filter": {"year": 2001}}}])")));
  CHECK(result.inserted == 1);
  CHECK(result.matched == 4);
  CHECK(result.modified == 4);
  CHECK(result.deleted == 3);
  CHECK(result.upserted == 1);
  CHECK(all() == "7071");
  CHECK(failure([&] { run(books.bulk_write(json::parse(R"([{"explode": {}}])"))); }).code() == errc::invalid_query);
  const error no_filter = failure([&] { run(books.bulk_write(json::parse(R"([{"deleteOne": {}}])"))); });
  CHECK(no_filter.sentence().find("'filter'") != std::string::npos);
}

TEST_CASE_FIXTURE(Books, "indexes, and dropping") {
  run(books.create_index({{"year", 1}, {"title", -1}}));
  run(books.create_index({{"year", 1}, {"title", -1}}));
  CHECK(run(books.find({{"year", 2000}}).hint("year_1_title_-1").all()).size() == 2);
  run(books.drop());
  CHECK(run(books.count()) == 0);
  run(books.drop());
}

TEST_CASE_FIXTURE(Books, "what is no document is refused at once, in words") {
  CHECK(failure([&] { run(books.insert_one(5)); }).sentence().find("pass an object") != std::string::npos);
  CHECK(failure([&] { run(books.insert_many({{"a", 1}})); }).sentence().find("array") != std::string::npos);
  CHECK(failure([&] { run(books.find(json::array()).all()); }).code() == errc::invalid_query);
  CHECK(failure([&] { run(books.find({{"_id", {{"$oid", "x"}}}}).all()); }).code() == errc::type_mismatch);
  CHECK(failure([&] { run(books.aggregate({{"a", 1}})); }).code() == errc::invalid_query);
}

TEST_CASE_FIXTURE(Books, "a collection of a transaction writes in it") {
  if (!store.has_transactions()) return;
  OperationContext context;
  context.session = store.begin();
  const Collection inside(store.driver, "books", context);
  run(inside.insert_one({{"_id", 80}}));
  CHECK(run(inside.count()) == 4);
  CHECK(run(books.count()) == 3);
  run(store.driver->abort(context.session));
  CHECK(run(books.count()) == 3);
}

TEST_CASE_FIXTURE(Books, "the time a call may take begins with the call") {
  const Collection hurried(store.driver, "books", OperationContext(), std::chrono::minutes(1));
  CHECK(run(hurried.count()) == 3);
  CHECK(run(hurried.find().all()).size() == 3);
}
