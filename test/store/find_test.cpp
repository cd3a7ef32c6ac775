// Finding: by _id, by an index, by reading everything; sorted, limited, projected; always the same answer.
#include <doctest/doctest.h>

#include "store/fixture.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

using Ids = std::vector<int>;

struct Posts : StoreFixture {
  Posts() {
    std::vector<bson::Document> posts;
    for (int i = 0; i < 60; ++i)
      posts.push_back(doc("_id", i, "author", i % 6, "likes", (i * 7) % 60, "title", "post " + std::to_string(i)));
    insert("posts", std::move(posts));
  }
};

}  // namespace

TEST_CASE("a collection that does not exist is empty") {
  StoreFixture store;
  CHECK(store.find("nothing").empty());
  CHECK(store.count("nothing") == 0);
  CHECK(store.update("nothing", doc("a", 1), doc("$set", doc("a", 2))).matched == 0);
  CHECK(store.remove("nothing", {}).deleted == 0);
}

TEST_CASE("documents come back byte for byte") {
  StoreFixture store;
  const auto document = doc("_id", 1, "a", array(1, 2.5, "x"), "b", doc("c", nullptr), "d", std::string("\0x", 2));
  store.insert("c", {document});
  const auto found = store.find("c");
  REQUIRE(found.size() == 1);
  CHECK(found[0] == document);
}

TEST_CASE_FIXTURE(Posts, "by _id, one and many, missing ones left out, duplicates once") {
  CHECK(ids("posts", doc("_id", 7)) == Ids{7});
  CHECK(ids("posts", doc("_id", 99)).empty());
  CHECK(ids("posts", doc("_id", doc("$in", array(5, 3, 99, 3)))).size() == 2);
  CHECK(ids("posts", doc("_id", 7.0)) == Ids{7});
  CHECK(ids("posts", doc("_id", "7")).empty());
}

TEST_CASE_FIXTURE(Posts, "an index changes nothing but the speed") {
  const auto filters = {doc("author", 3),
                        doc("author", doc("$in", array(1, 4, 4, 9))),
                        doc("author", doc("$gte", 2, "$lt", 4)),
                        doc("author", 3, "likes", doc("$gt", 20)),
                        doc("author", doc("$ne", 2)),
                        doc("author", nullptr)};
  std::vector<Ids> before;
  const auto by_id = doc("_id", 1);
  for (const auto& filter : filters) before.push_back(ids("posts", filter, by_id));
  index("posts", doc("author", 1));
  index("posts", doc("author", 1, "likes", -1));
  std::size_t i = 0;
  for (const auto& filter : filters) CHECK(ids("posts", filter, by_id) == before[i++]);
  CHECK(before[0].size() == 10);
  CHECK(before[1].size() == 20);
}

TEST_CASE_FIXTURE(Posts, "an empty $in matches nothing") {
  index("posts", doc("author", 1));
  CHECK(ids("posts", doc("author", doc("$in", array()))).empty());
  CHECK(ids("posts", doc("likes", doc("$in", array()))).empty());
}

TEST_CASE_FIXTURE(Posts, "sort, skip and limit, with and without an index that has the order") {
  FindOperation operation = find_operation("posts", doc("author", 2), doc("likes", -1));
  operation.skip = 2;
  operation.limit = 3;
  const Ids expected = ids(operation);
  CHECK(expected.size() == 3);
  index("posts", doc("author", 1, "likes", 1));
  CHECK(ids(operation) == expected);
  const auto all = ids("posts", {}, doc("likes", 1));
  REQUIRE(all.size() == 60);
  CHECK(all[0] == 0);
  CHECK(all[1] == 43);  // 43 * 7 % 60 == 1
  index("posts", doc("likes", -1));
  CHECK(ids("posts", {}, doc("likes", 1)) == all);
  FindOperation first = find_operation("posts", {}, doc("likes", 1));
  first.limit = 5;
  CHECK(ids(first) == Ids(all.begin(), all.begin() + 5));
}

TEST_CASE_FIXTURE(Posts, "a projection keeps what is asked for") {
  FindOperation operation = find_operation("posts", doc("_id", 3));
  operation.projection = doc("title", 1);
  const auto found = find(operation);
  REQUIRE(found.size() == 1);
  CHECK(found[0] == doc("_id", 3, "title", "post 3"));
}

TEST_CASE_FIXTURE(Posts, "counts, with limit, with and without an index") {
  CHECK(count("posts") == 60);
  CHECK(count("posts", {}, 7) == 7);
  CHECK(count("posts", doc("author", 2)) == 10);
  CHECK(count("posts", doc("author", 2, "likes", doc("$lt", 30))) == 5);
  index("posts", doc("author", 1));
  CHECK(count("posts", doc("author", 2)) == 10);
  CHECK(count("posts", doc("author", doc("$in", array(2, 3, 3)))) == 20);
  CHECK(count("posts", doc("author", 2), 1) == 1);
  CHECK(count("posts", doc("author", 2, "likes", doc("$lt", 30))) == 5);
}

TEST_CASE_FIXTURE(Posts, "a hint must name an index, and a bad query is refused in words") {
  FindOperation operation = find_operation("posts", doc("author", 1));
  operation.context.hint = "none";
  CHECK(code_of([&] { find(operation); }) == errc::invalid_query);
  std::string text;
  CHECK(code_of([&] { find("posts", doc("a", doc("$frobnicate", 1))); }, &text) == errc::invalid_query);
  CHECK(text.find("$frobnicate") != std::string::npos);
}
