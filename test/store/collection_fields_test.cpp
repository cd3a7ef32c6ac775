// A raw collection's options in MongoDB's words, updates that are pipelines, and change streams, through a handle.
// What the store has none of is refused, in words.
#include <doctest/doctest.h>

#include <kinship/change_stream.hpp>
#include <kinship/collection.hpp>
#include <kinship/database.hpp>
#include <kinship/value/json.hpp>

#include "store/fixture.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

class Shelf {
 public:
  Shelf() : db(store.driver), books(db.collection("books")) {
    run(books.insert_many(json::parse(R"([{"_id": 1, "year": 1990}, {"_id": 2, "year": 2000}, {"_id": 3, "year": 2000}])")));
  }
  bool embedded() const { return store.driver->capabilities().store == "sqlite"; }

  StoreFixture store;
  Database db;
  Collection books;
};

const json next_year = json::parse(R"([{"$set": {"year": {"$add": ["$year", 1]}}}])");

awaitable<std::optional<json>> change_after_insert(Collection books) {
  ChangeStream changes = co_await books.watch();
  const json document{{"_id", 9}, {"year", 2009}};
  co_await books.insert_one(document);
  std::optional<json> change = co_await changes.next();
  co_return change;
}

}  // namespace

TEST_CASE_FIXTURE(Shelf, "a hint and options of a query reach the store") {
  CHECK(run(books.find({{"year", 2000}}).option("comment", {{"request", 7}}).option("maxTimeMS", 5000).all()).size() == 2);
  CHECK(run(books.find({{"_id", 2}}).option("hint", {{"_id", 1}}).all()).size() == 1);
  CHECK(code_of([&] { run(books.find({{"year", 2000}}).hint("none").all()); }) != boost::system::error_code());
  CHECK(code_of([&] { run(books.find().option("maxTimeMS", "soon").all()); }) == errc::invalid_query);
}

TEST_CASE_FIXTURE(Shelf, "an array is an update by pipeline") {
  std::string text;
  if (embedded()) {
    CHECK(code_of([&] { run(books.update_many({{"year", 2000}}, next_year)); }, &text) == errc::unsupported);
    CHECK(text.find("$set") != std::string::npos);
    CHECK(code_of([&] { run(books.find_one_and_update({{"_id", 1}}, next_year)); }) == errc::unsupported);
    return;
  }
  CHECK(run(books.update_many({{"year", 2000}}, next_year)).modified == 2);
  const json items{{{"updateOne", {{"filter", {{"_id", 1}}}, {"update", next_year}, {"hint", {{"_id", 1}}}}}}};
  CHECK(run(books.bulk_write(items)).modified == 1);
  CHECK(run(books.find_one_and_update({{"_id", 1}}, next_year, FindAndUpdateOptions().return_new()))->at("year") == 1992);
  CHECK(run(books.count({{"year", 2001}})) == 2);
  const json matched = json::parse(R"([{"$match": {"$expr": {"$eq": ["$year", "$$wanted"]}}}])");
  CHECK(run(books.aggregate(matched, AggregateOptions().option("let", {{"wanted", 2001}}))).size() == 2);
}

TEST_CASE_FIXTURE(Shelf, "an update takes a hint by keys") {
  const auto hinted = UpdateOptions().option("hint", {{"_id", 1}});
  CHECK(run(books.update_one({{"_id", 1}}, {{"$set", {{"year", 1}}}}, hinted)).modified == 1);
}

TEST_CASE_FIXTURE(Shelf, "a change stream gives the changes from its beginning on, where the store has them") {
  if (embedded()) {
    CHECK(code_of([&] { run(change_after_insert(books)); }) == errc::unsupported);
    return;
  }
  const auto change = run(change_after_insert(books));
  REQUIRE(change.has_value());
  CHECK(change->at("operationType") == "insert");
  CHECK(change->at("fullDocument").at("year") == 2009);
}
