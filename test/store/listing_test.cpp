// Listing collections and their indexes: what was made is what is listed, and making it again changes nothing.
#include <doctest/doctest.h>

#include <algorithm>

#include "store/fixture.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

std::vector<std::string> names(StoreFixture& store) {
  std::vector<std::string> out;
  for (const auto& listing : run(store.driver->list_collections(OperationContext()))) {
    CHECK(listing.type == "collection");
    out.push_back(listing.name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<IndexListing> indexes(StoreFixture& store, const std::string& collection) {
  auto out = run(store.driver->list_indexes(collection, OperationContext()));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

}  // namespace

TEST_CASE("an empty store lists nothing, and a collection that is not there has no index") {
  StoreFixture store;
  CHECK(names(store).empty());
  CHECK(indexes(store, "nothing").empty());
  CHECK(names(store).empty());  // asking made nothing
}

TEST_CASE("collections are listed once there is something in them or an index on them") {
  StoreFixture store;
  store.insert("b", {doc("_id", 1)});
  store.insert("a b.c", {doc("_id", 1)});
  store.index("c", doc("x", 1));
  CHECK(names(store) == std::vector<std::string>{"a b.c", "b", "c"});
  run(store.driver->drop_collection("b", OperationContext()));
  CHECK(names(store) == std::vector<std::string>{"a b.c", "c"});
}

TEST_CASE("more collections and indexes than one batch of a reply") {
  StoreFixture store;
  for (int i = 0; i < 120; ++i) store.index("c" + std::to_string(i), doc("x", 1));
  CHECK(names(store).size() == 120);
  for (int i = 0; i < 40; ++i) store.index("c0", doc("f" + std::to_string(i), 1));
  CHECK(indexes(store, "c0").size() == 42);
}

TEST_CASE("indexes are listed with keys, unique and sparse, and can be made from that again") {
  StoreFixture store;
  store.insert("users", {doc("_id", 1)});
  REQUIRE(indexes(store, "users").size() == 1);
  store.index("users", doc("email", 1), true);
  store.index("users", doc("name", 1, "born.year", -1));
  store.index("users", doc("nick", -1), true, true);
  store.index("users", doc("tags", 1), false, true);
  const auto listed = indexes(store, "users");
  REQUIRE(listed.size() == 5);
  CHECK(listed[0].name == "_id_");
  CHECK(listed[0].keys.view().begin()->name == "_id");
  CHECK_FALSE(listed[0].unique);
  CHECK(listed[1].name == "email_1");
  CHECK(listed[1].keys == doc("email", 1));
  CHECK(listed[1].unique);
  CHECK_FALSE(listed[1].sparse);
  CHECK(listed[2].name == "name_1_born.year_-1");
  CHECK(listed[2].keys == doc("name", 1, "born.year", -1));
  CHECK_FALSE(listed[2].unique);
  CHECK(listed[3].unique);
  CHECK(listed[3].sparse);
  CHECK_FALSE(listed[4].unique);
  CHECK(listed[4].sparse);
  for (const IndexListing& index : listed) {
    CHECK(index.options.empty());
    CreateIndexOperation operation;
    operation.collection = "users";
    operation.name = index.name;
    operation.keys = index.keys;
    operation.unique = index.unique;
    operation.sparse = index.sparse;
    run(store.driver->create_index(std::move(operation)));
  }
  CHECK(indexes(store, "users").size() == 5);
}

TEST_CASE("further options of an index are kept, or refused by name") {
  StoreFixture store;
  CreateIndexOperation operation;
  operation.collection = "c";
  operation.keys = doc("at", 1);
  operation.options = doc("expireAfterSeconds", 3600);
  std::string text;
  const auto code = code_of([&] { run(store.driver->create_index(operation)); }, &text);
  if (code == errc::unsupported) {
    CHECK(text.find("expireAfterSeconds") != std::string::npos);
    return;
  }
  CHECK_FALSE(code);
  const auto listed = indexes(store, "c");
  REQUIRE(listed.size() == 2);
  CHECK(listed[1].options == doc("expireAfterSeconds", 3600));
}

TEST_CASE("a listing ends at its deadline") {
  StoreFixture store;
  OperationContext context;
  context.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  CHECK(code_of([&] { run(store.driver->list_collections(context)); }) == errc::timeout);
  CHECK(code_of([&] { run(store.driver->list_indexes("c", context)); }) == errc::timeout);
}
