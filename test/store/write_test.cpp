// Writes: what they report, what an item that fails leaves behind (nothing), and where ordered and unordered differ.
#include <doctest/doctest.h>

#include "store/fixture.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {
using Ids = std::vector<int>;
constexpr int duplicate = 11000;
}  // namespace

TEST_CASE("an insert without _id gets an ObjectId, and _id comes first") {
  StoreFixture store;
  CHECK(store.insert("c", {doc("a", 1), doc("b", 2, "_id", "x")}).inserted == 2);
  const auto made = store.find("c", doc("a", 1));
  REQUIRE(made.size() == 1);
  CHECK(made[0].view().begin()->name == "_id");
  CHECK(made[0]["_id"].is(bson::Type::object_id));
  CHECK(store.find("c", doc("b", 2))[0] == doc("_id", "x", "b", 2));
}

TEST_CASE("a taken _id is an error of its item, with key and index") {
  StoreFixture store;
  store.insert("c", {doc("_id", 1)});
  const auto reply = store.insert("c", {doc("_id", 2), doc("_id", 1), doc("_id", 3)});
  CHECK(reply.inserted == 1);
  REQUIRE(reply.errors.size() == 1);
  CHECK(reply.errors[0].index == 1);
  CHECK(reply.errors[0].code == duplicate);
  CHECK(reply.errors[0].key == doc("_id", 1));
  CHECK(reply.errors[0].index_name == "_id_");
  CHECK(reply.errors[0].message.find("c") != std::string::npos);
  CHECK(store.ids("c") == Ids{1, 2});
}

TEST_CASE("unordered tries every item") {
  StoreFixture store;
  const auto reply = store.write(
      "c", {insert_item(doc("_id", 1)), insert_item(doc("_id", 1)), insert_item(doc("_id", 2)), insert_item(doc("_id", 2))},
      false);
  CHECK(reply.inserted == 2);
  REQUIRE(reply.errors.size() == 2);
  CHECK(reply.errors[1].index == 3);
}

TEST_CASE("the same number in another type is the same _id") {
  StoreFixture store;
  store.insert("c", {doc("_id", 1)});
  CHECK(store.insert("c", {doc("_id", 1.0)}).errors.size() == 1);
  CHECK(store.insert("c", {doc("_id", "1")}).inserted == 1);
}

TEST_CASE("documents that cannot be stored are refused, and nothing is left of them") {
  StoreFixture store;
  CHECK(store.insert("c", {doc("_id", array(1))}).errors.size() == 1);
  CHECK(store.count("c") == 0);
}

TEST_CASE("updates report matched and modified") {
  StoreFixture store;
  store.insert("c", {doc("_id", 1, "a", 1), doc("_id", 2, "a", 1), doc("_id", 3, "a", 2)});
  auto reply = store.update("c", doc("a", 1), doc("$set", doc("b", 5)));
  CHECK(reply.matched == 1);
  CHECK(reply.modified == 1);
  reply = store.update("c", doc("a", 1), doc("$set", doc("b", 5)), true);
  CHECK(reply.matched == 2);
  CHECK(reply.modified == 1);
  CHECK(store.count("c", doc("b", 5)) == 2);
  reply = store.update("c", doc("a", 9), doc("$set", doc("b", 5)), true);
  CHECK(reply.matched == 0);
  CHECK(reply.upserted.empty());
}

TEST_CASE("an upsert inserts what filter and update say, and reports its _id") {
  StoreFixture store;
  const auto reply = store.update("c", doc("_id", 7, "a", 1), doc("$set", doc("b", 2)), false, true);
  CHECK(reply.matched == 0);
  REQUIRE(reply.upserted.size() == 1);
  CHECK(reply.upserted[0].second == doc("_id", 7));
  CHECK(store.find("c")[0] == doc("_id", 7, "a", 1, "b", 2));
  CHECK(store.update("c", doc("_id", 7), doc("$inc", doc("a", 1)), false, true).matched == 1);
}

TEST_CASE("a replacement keeps the _id") {
  StoreFixture store;
  store.insert("c", {doc("_id", 1, "a", 1)});
  WriteItem item;
  item.kind = WriteKind::replace_one;
  item.filter = doc("a", 1);
  item.document = doc("b", 2);
  CHECK(store.write("c", {item}).modified == 1);
  CHECK(store.find("c")[0] == doc("_id", 1, "b", 2));
  item.filter = doc("b", 2);
  item.document = doc("_id", 5);
  const auto reply = store.write("c", {item});
  REQUIRE(reply.errors.size() == 1);
  CHECK(reply.errors[0].code == 66);
}

TEST_CASE("deletes, one and many") {
  StoreFixture store;
  store.insert("c", {doc("_id", 1, "a", 1), doc("_id", 2, "a", 1), doc("_id", 3, "a", 2)});
  CHECK(store.remove("c", doc("a", 1), false).deleted == 1);
  CHECK(store.remove("c", {}).deleted == 2);
  CHECK(store.count("c") == 0);
  CHECK(store.insert("c", {doc("_id", 1)}).inserted == 1);
}

TEST_CASE("find and modify") {
  StoreFixture store;
  store.insert("c", {doc("_id", 1, "a", 3), doc("_id", 2, "a", 1), doc("_id", 3, "a", 2)});
  FindAndModifyOperation operation;
  operation.collection = "c";
  operation.sort = doc("a", 1);
  operation.document = doc("$inc", doc("a", 10));
  auto reply = run(store.driver->find_and_modify(operation));
  CHECK(reply.matched);
  REQUIRE(reply.document.documents.size() == 1);
  CHECK(reply.document.documents[0] == doc("_id", 2, "a", 1).view());
  operation.return_new = true;
  operation.projection = doc("a", 1, "_id", 0);
  reply = run(store.driver->find_and_modify(operation));
  CHECK(reply.document.documents[0] == doc("a", 12).view());
  operation.filter = doc("_id", 9);
  operation.upsert = true;
  reply = run(store.driver->find_and_modify(operation));
  CHECK_FALSE(reply.matched);
  CHECK(reply.upserted == doc("_id", 9));
  operation.upsert = false;
  operation.kind = WriteKind::delete_one;
  reply = run(store.driver->find_and_modify(operation));
  CHECK(reply.matched);
  CHECK(store.count("c") == 3);
  reply = run(store.driver->find_and_modify(operation));
  CHECK_FALSE(reply.matched);
  CHECK(reply.document.documents.empty());
}
