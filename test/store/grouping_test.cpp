// Questions for many keys at once: a limit per key, counts by key, distinct values.
// With and without an index, over arrays too, the answers are the same.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "store/fixture.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

using Ids = std::vector<int>;
using Groups = std::map<int, Ids>;

struct Comments : StoreFixture {
  Comments() {
    std::vector<bson::Document> comments;
    for (int i = 0; i < 200; ++i)
      comments.push_back(doc("_id", i, "post", i % 10, "likes", (i * 37) % 101, "ok", i % 3 != 0));
    insert("comments", std::move(comments));
  }

  Groups first(std::uint64_t limit, std::uint64_t skip = 0, bson::Document sort = doc("likes", -1, "_id", 1)) {
    FindOperation operation =
        find_operation("comments", doc("post", doc("$in", array(3, 5, 3, 77)), "ok", true), std::move(sort));
    operation.per_key = PerKey{"post", limit, skip};
    Groups groups;
    for (const auto& document : find(std::move(operation)))
      groups[document["post"].as_int32()].push_back(document["_id"].as_int32());
    return groups;
  }

  Groups expected(std::size_t limit, std::size_t skip) {
    Groups groups;
    for (const int post : {3, 5}) {
      const auto all = ids("comments", doc("post", post, "ok", true), doc("likes", -1, "_id", 1));
      for (std::size_t i = skip; i < all.size() && i < skip + limit; ++i) groups[post].push_back(all[i]);
    }
    return groups;
  }

  std::map<int, std::int64_t> counts(const std::string& collection, bson::Document filter, const std::string& field) {
    GroupedCountOperation operation;
    operation.collection = collection;
    operation.filter = std::move(filter);
    operation.field = field;
    std::map<int, std::int64_t> out;
    for (const auto& group : copy(run(driver->grouped_count(operation)).groups))
      out[group["key"].as_int32()] = group["count"].as_int64();
    return out;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Comments, "a limit per key, in order") {
  if (!limits_per_key()) return;
  const Groups three = expected(3, 0), skipped = expected(2, 4);
  CHECK(three.at(3).size() == 3);
  CHECK(first(3) == three);
  CHECK(first(2, 4) == skipped);
  CHECK(first(1000) == expected(1000, 0));
  SUBCASE("an index on the key") { index("comments", doc("post", 1)); }
  SUBCASE("an index that has the order") { index("comments", doc("post", 1, "likes", -1, "_id", 1)); }
  SUBCASE("an index that has the order backwards") { index("comments", doc("post", 1, "likes", 1, "_id", -1)); }
  SUBCASE("an index in another order") { index("comments", doc("post", 1, "likes", 1, "_id", 1)); }
  CHECK(first(3) == three);
  CHECK(first(2, 4) == skipped);
  CHECK(first(3, 0, {}).at(5).size() == 3);
}

TEST_CASE_FIXTURE(Comments, "a limit per key without an $in on it is refused") {
  if (!limits_per_key()) return;
  FindOperation operation = find_operation("comments", doc("ok", true));
  operation.per_key = PerKey{"post", 3, 0};
  CHECK(code_of([&] { find(operation); }) == errc::invalid_query);
}

TEST_CASE("a document of several keys counts for each of them, with its own limit and skip") {
  StoreFixture store;
  if (!store.limits_per_key()) return;
  store.insert("posts", {doc("_id", 1, "tags", array(1, 2), "n", 5), doc("_id", 2, "tags", array(1), "n", 4),
                         doc("_id", 3, "tags", array(2), "n", 3), doc("_id", 4, "tags", array(2, 1, 2), "n", 1),
                         doc("_id", 5, "tags", array(2), "n", 2), doc("_id", 6, "tags", array(3), "n", 0)});
  FindOperation operation = find_operation("posts", doc("tags", doc("$in", array(2, 7, 1, 2.0))), doc("n", 1));
  auto first = [&](std::uint64_t limit, std::uint64_t skip) {
    operation.per_key = PerKey{"tags", limit, skip};
    const FindReply reply = run(store.driver->find(operation));
    REQUIRE(reply.first.keys.size() == reply.first.documents.size());
    Groups groups;
    for (std::size_t i = 0; i < reply.first.keys.size(); ++i)
      groups[static_cast<int>(reply.first.keys[i])].push_back(reply.first.documents[i].find("_id").as_int32());
    return groups;
  };
  SUBCASE("no index") {}
  SUBCASE("an index") { store.index("posts", doc("tags", 1)); }
  SUBCASE("an index with the order") { store.index("posts", doc("tags", 1, "n", 1)); }
  CHECK(first(2, 0) == Groups{{0, {4, 5}}, {2, {4, 2}}});
  CHECK(first(2, 1) == Groups{{0, {5, 3}}, {2, {2, 1}}});
  CHECK(first(0, 3) == Groups{{0, {1}}});
}

TEST_CASE_FIXTURE(Comments, "a limit for one key, in batches") {
  if (!limits_per_key()) return;
  FindOperation one = find_operation("comments", doc("post", doc("$in", array(3))), doc("likes", -1, "_id", 1));
  one.per_key = PerKey{"post", 5, 2};
  one.batch_size = 2;
  const Ids all = ids("comments", doc("post", 3), doc("likes", -1, "_id", 1));
  FindReply reply = run(driver->find(one));
  std::size_t seen = 0;
  for (Batch batch = std::move(reply.first); !batch.documents.empty();) {
    REQUIRE(batch.keys.size() == batch.documents.size());
    for (std::size_t i = 0; i < batch.keys.size(); ++i) {
      CHECK(batch.keys[i] == 0);
      CHECK(batch.documents[i]["_id"].as_int32() == all[seen + 2]);
      ++seen;
    }
    batch = reply.cursor ? run(reply.cursor->next()) : Batch();
  }
  CHECK(seen == 5);
  one.per_key->limit = 0;
  CHECK(ids(one).size() == all.size() - 2);
}

TEST_CASE_FIXTURE(Comments, "projections under a limit per key") {
  if (!limits_per_key()) return;
  FindOperation two = find_operation("comments", doc("post", doc("$in", array(3, 5))), doc("likes", -1, "_id", 1));
  two.per_key = PerKey{"post", 1, 0};
  const auto fields = [&](bson::Document projection) {
    two.projection = std::move(projection);
    std::set<std::string> names;
    const auto found = find(two);
    REQUIRE(found.size() == 2);
    for (const auto& field : found[0].view()) names.emplace(field.name);
    return names;
  };
  using Names = std::set<std::string>;
  CHECK(fields({}) == Names{"_id", "post", "likes", "ok"});
  CHECK(fields(doc("likes", 1)) == Names{"_id", "likes"});
  CHECK(fields(doc("likes", 1, "_id", 0)) == Names{"likes"});
  CHECK(fields(doc("_id", 1)) == Names{"_id"});
  // Last: the Node server's engine takes them out of the documents it holds, too.
  CHECK(fields(doc("ok", 0, "_id", 0)) == Names{"post", "likes"});
}

TEST_CASE("a limit per key holds however often an index holds a document") {
  StoreFixture store;
  if (!store.limits_per_key()) return;
  store.index("c", doc("k", 1, "t", 1));
  store.insert("c", {doc("_id", 1, "k", 1, "t", array(1, 2, 3)), doc("_id", 2, "k", 1, "t", array(4, 5)),
                     doc("_id", 3, "k", 1, "t", 9), doc("_id", 4, "k", 2, "t", array(1, 9))});
  const auto asked = doc("k", doc("$in", array(1, 2)));
  FindOperation operation = find_operation("c", asked);
  operation.per_key = PerKey{"k", 2, 0};
  CHECK(store.ids(operation) == Ids{1, 2, 4});
  operation.filter = doc("k", doc("$in", array(1, 2)), "t", doc("$in", array(1, 4, 9)));
  CHECK(store.ids(operation) == Ids{1, 2, 4});
  operation.per_key = PerKey{"k", 1, 2};
  CHECK(store.ids(operation) == Ids{3});
  GroupedCountOperation counts;
  counts.collection = "c";
  counts.filter = asked;
  counts.field = "k";
  const auto groups = copy(run(store.driver->grouped_count(counts)).groups);
  REQUIRE(groups.size() == 2);
  for (const auto& group : groups) CHECK(group["count"].as_int64() == (group["key"].as_int32() == 1 ? 3 : 1));
}

TEST_CASE_FIXTURE(Comments, "counts by key, keys without documents left out") {
  const auto all = doc("post", doc("$in", array(3, 5, 3, 77)));
  const auto some = doc("post", doc("$in", array(3, 5, 3, 77)), "ok", true);
  const std::map<int, std::int64_t> expected_all = {{3, 20}, {5, 20}};
  const auto expected_some = counts("comments", some, "post");
  CHECK(counts("comments", all, "post") == expected_all);
  CHECK(expected_some.at(3) == static_cast<std::int64_t>(count("comments", doc("post", 3, "ok", true))));
  index("comments", doc("post", 1));
  CHECK(counts("comments", all, "post") == expected_all);
  CHECK(counts("comments", some, "post") == expected_some);
  CHECK(code_of([&] { counts("comments", doc("ok", true), "post"); }) == errc::invalid_query);
}

TEST_CASE_FIXTURE(Comments, "counts over arrays: each asked element once a document") {
  insert("posts", {doc("_id", 1, "tags", array(1, 2, 2)), doc("_id", 2, "tags", array(2)), doc("_id", 3, "tags", 1)});
  const auto filter = doc("tags", doc("$in", array(1, 2, 9)));
  const std::map<int, std::int64_t> expected = {{1, 2}, {2, 2}};
  CHECK(counts("posts", filter, "tags") == expected);
  index("posts", doc("tags", 1));
  CHECK(counts("posts", filter, "tags") == expected);
}

TEST_CASE("distinct values, array elements one by one") {
  StoreFixture store;
  store.insert("c", {doc("a", 1), doc("a", array(1, 2)), doc("a", "x"), doc("b", 1), doc("a", array()), doc("a", 2.0)});
  DistinctOperation operation;
  operation.collection = "c";
  operation.field = "a";
  const auto reply = copy(run(store.driver->distinct(operation)));
  REQUIRE(reply.size() == 1);
  std::size_t values = 0;
  for (const auto& element : reply[0]["values"].as_document()) {
    (void)element;
    ++values;
  }
  CHECK(values == 3);
}
