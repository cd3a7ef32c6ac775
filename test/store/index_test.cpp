// Indexes: unique, sparse, compound, over arrays; made over what is there; never a different answer.
#include <doctest/doctest.h>

#include <algorithm>

#include "store/fixture.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

using Ids = std::vector<int>;

Ids sorted(Ids ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

TEST_CASE("a unique index refuses the second, and missing counts as null") {
  StoreFixture store;
  store.index("users", doc("email", 1), true);
  CHECK(store.insert("users", {doc("_id", 1, "email", "a@x")}).inserted == 1);
  const auto reply = store.insert("users", {doc("_id", 2, "email", "a@x")});
  REQUIRE(reply.errors.size() == 1);
  CHECK(reply.errors[0].index_name == "email_1");
  CHECK(reply.errors[0].key == doc("email", "a@x"));
  CHECK(reply.errors[0].message.find("a@x") != std::string::npos);
  CHECK(store.insert("users", {doc("_id", 3)}).inserted == 1);
  CHECK(store.insert("users", {doc("_id", 4, "email", nullptr)}).errors.size() == 1);
  CHECK(store.update("users", doc("_id", 3), doc("$set", doc("email", "a@x"))).errors.size() == 1);
  CHECK(store.count("users") == 2);
}

TEST_CASE("a sparse unique index lets missing pass, and never serves a search for null") {
  StoreFixture store;
  store.index("users", doc("email", 1), true, true);
  CHECK(store.insert("users", {doc("_id", 1), doc("_id", 2), doc("_id", 3, "email", nullptr)}).inserted == 3);
  CHECK(store.insert("users", {doc("_id", 4, "email", nullptr)}).errors.size() == 1);
  CHECK(store.ids("users", doc("email", nullptr)).size() == 3);
  CHECK(store.ids("users", {}, doc("email", 1)).size() == 3);
}

TEST_CASE("an index over existing documents, and one that their values forbid") {
  StoreFixture store;
  store.insert("c", {doc("_id", 1, "a", 1), doc("_id", 2, "a", 1), doc("_id", 3, "a", array(7, 8))});
  std::string text;
  CHECK(code_of([&] { store.index("c", doc("a", 1), true); }, &text) == errc::duplicate_key);
  CHECK(text.find("a_1") != std::string::npos);
  store.index("c", doc("a", 1));
  CHECK(store.ids("c", doc("a", 8)) == Ids{3});
  CHECK(store.ids("c", doc("a", 1)).size() == 2);
}

TEST_CASE("the same index twice is nothing to do, another under its name is refused") {
  StoreFixture store;
  store.index("c", doc("a", 1));
  store.index("c", doc("a", 1));
  store.index("c", doc("_id", 1));
  CreateIndexOperation operation;
  operation.collection = "c";
  operation.keys = doc("b", 1);
  operation.name = "a_1";
  int code = 0;
  try {
    run(store.driver->create_index(operation));
  } catch (const error& e) {
    code = e.store_code();
  }
  CHECK(code == 86);
  try {
    store.index("c", doc("a", 1), true);
  } catch (const error& e) {
    code = e.store_code();
  }
  CHECK((code == 85 || code == 86));
}

TEST_CASE("arrays: a document is found under each element, once") {
  StoreFixture store;
  store.insert("c", {doc("_id", 1, "t", array(1, 2, 3)), doc("_id", 2, "t", array(3, 3, 4)), doc("_id", 3, "t", array()),
                     doc("_id", 4, "t", 3), doc("_id", 5), doc("_id", 6, "t", array(array(3)))});
  const std::vector<bson::Document> filters = {
      doc("t", 3),
      doc("t", doc("$in", array(1, 2, 3, 4))),
      doc("t", doc("$gte", 2, "$lte", 2)),
      doc("t", doc("$gt", 3, "$lt", 2)),  // met by two elements
      doc("t", array(1, 2, 3)),
      doc("t", array()),
      doc("t", nullptr),
      doc("t", doc("$ne", 3)),
      doc("t", doc("$elemMatch", doc("$gt", 3, "$lt", 5))),
      doc("t", array(3)),
  };
  std::vector<Ids> before;
  for (const auto& filter : filters) before.push_back(sorted(store.ids("c", filter)));
  store.index("c", doc("t", 1));
  for (std::size_t i = 0; i < filters.size(); ++i) {
    CAPTURE(i);
    CHECK(sorted(store.ids("c", filters[i])) == before[i]);
    CHECK(store.count("c", filters[i]) == before[i].size());
  }
  CHECK(before[0] == Ids{1, 2, 4});
  CHECK(before[1] == Ids{1, 2, 4});
  CHECK(store.ids("c", {}, doc("t", 1)).size() == 6);
}

TEST_CASE("two fields of one array are not combined by a compound index") {
  StoreFixture store;
  store.index("c", doc("a.x", 1, "a.y", 1));
  store.insert("c", {doc("_id", 1, "a", array(doc("x", 1, "y", 2), doc("x", 3, "y", 5)))});
  CHECK(store.ids("c", doc("a.x", 1, "a.y", 5)) == Ids{1});
  CHECK(store.ids("c", doc("a", doc("$elemMatch", doc("x", 1, "y", 5)))).empty());
  CHECK(store.insert("d", {}).inserted == 0);
  store.index("d", doc("a", 1, "b", 1));
  CHECK(store.insert("d", {doc("_id", 1, "a", array(1), "b", array(2))}).errors.size() == 1);
  CHECK(store.count("d") == 0);
}

TEST_CASE("changes keep every index in step") {
  StoreFixture store;
  store.index("c", doc("a", 1));
  store.index("c", doc("t", 1));
  store.insert("c", {doc("_id", 1, "a", 1, "t", array(1, 2))});
  store.update("c", doc("_id", 1), doc("$set", doc("a", 2, "t", array(2, 3))));
  CHECK(store.ids("c", doc("a", 1)).empty());
  CHECK(store.ids("c", doc("a", 2)) == Ids{1});
  CHECK(store.ids("c", doc("t", 1)).empty());
  CHECK(store.ids("c", doc("t", doc("$in", array(2, 3)))) == Ids{1});
  store.remove("c", doc("t", 3));
  CHECK(store.ids("c", doc("a", 2)).empty());
}

TEST_CASE("dropping a collection takes its indexes along") {
  StoreFixture store;
  store.index("c", doc("a", 1), true);
  store.insert("c", {doc("_id", 1, "a", 1)});
  run(store.driver->drop_collection("c", OperationContext()));
  run(store.driver->drop_collection("never there", OperationContext()));
  CHECK(store.count("c") == 0);
  CHECK(store.insert("c", {doc("_id", 1, "a", 1), doc("_id", 2, "a", 1)}).inserted == 2);
}
