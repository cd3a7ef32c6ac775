// Every call of the raw Collection in the design's table, by that name and in that shape, used once.
// What they mean in detail is tested with the store.
#include <doctest/doctest.h>

#include <kinship/kinship.hpp>
#include <kinship/testing.hpp>
#include <kinship/value/json.hpp>

#include "orm/caught.hpp"
#include "support/run.hpp"

using kinship::awaitable;
using kinship::Database;
using kinship::errc;
using kinship::json;
using kinship::test::Caught;
using kinship::test::caught;

static awaitable<void> collection_calls() {
  Database db = co_await kinship::testing::memory();
  kinship::Collection things = db.collection("things");
  const json one = {{"_id", 1}, {"n", 1}}, more = {{{"_id", 2}, {"n", 2}}, {{"_id", 3}, {"n", 3}}};
  co_await things.insert_one(one);
  co_await things.insert_many(more);
  const json big = {{"n", {{"$gt", 1}}}}, by_n = {{"n", -1}}, only_n = {{"_id", 0}, {"n", 1}};
  kinship::CollectionQuery query = things.find(big).sort(by_n).skip(0).limit(5).projection(only_n);
  std::vector<json> found = co_await query.all();
  REQUIRE(found.size() == 2);
  CHECK(found[0].dump() == R"({"n":3})");
  CHECK(co_await things.count(big) == 2);
  const json id1 = {{"_id", 1}}, id9 = {{"_id", 9}}, up = {{"$inc", {{"n", 10}}}}, whole = {{"n", 0}};
  kinship::UpdateResult updated = co_await things.update_one(id1, up);
  CHECK(updated.matched == 1);
  CHECK(updated.modified == 1);
  updated = co_await things.update_many(big, up);
  CHECK(updated.matched == 3);
  updated = co_await things.upsert_one(id9, up);
  CHECK(updated.upserted_id);
  updated = co_await things.replace_one(id9, whole);
  CHECK(updated.matched == 1);
  std::optional<json> before = co_await things.find_one_and_update(id9, up);
  CHECK((*before)["n"] == 0);
  std::vector<json> values = co_await things.distinct("n");
  CHECK(values.size() == 4);
  co_await things.create_index(by_n, false, true);
  const json bulk = {{{"deleteOne", {{"filter", id9}}}}};
  kinship::BulkResult result = co_await things.bulk_write(bulk);
  CHECK(result.deleted == 1);
  CHECK(co_await things.delete_one(id1) == 1);
  CHECK(co_await things.delete_many(big) == 2);
  const json pipeline = json::array();
  const Caught unsupported = co_await caught(things.aggregate(pipeline));
  CHECK((!unsupported.happened || unsupported.code == errc::unsupported));
  co_await things.drop();
  CHECK(co_await things.count() == 0);
  co_await db.close();
}
TEST_CASE("the calls of Collection") { kinship::test::run(collection_calls()); }
