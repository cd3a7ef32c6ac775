// What only the embedded store promises, or lacks: kept apart, so that the other files here run on every store.
#include <doctest/doctest.h>

#include "store/fixture.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

constexpr int duplicate = 11000;

struct Numbers : StoreFixture {
  Numbers() {
    std::vector<bson::Document> documents;
    for (int i = 0; i < 100; ++i) documents.push_back(doc("_id", i, "a", 99 - i));
    insert("c", std::move(documents));
  }
  FindReply open(bson::Document sort = {}) {
    FindOperation operation = find_operation("c", {}, std::move(sort));
    operation.batch_size = 30;
    return run(driver->find(std::move(operation)));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Numbers, "a cursor reads one snapshot, whatever is written meanwhile") {
  FindReply reply = open();
  remove("c", {});
  insert("c", {doc("_id", 1000)});
  std::size_t total = reply.first.documents.size();
  for (;;) {
    const Batch batch = run(reply.cursor->next());
    if (batch.documents.empty()) break;
    total += batch.documents.size();
  }
  CHECK(total == 100);
  CHECK(count("c") == 1);
}

TEST_CASE_FIXTURE(Numbers, "cursors are bounded, in words, and free their place when dropped") {
  std::vector<FindReply> open_ones;
  std::string text;
  boost::system::error_code code;
  while (open_ones.size() < 1000 && !code) code = code_of([&] { open_ones.push_back(open()); }, &text);
  if (code) {
    CHECK(code == errc::unavailable);
    CHECK(text.find("cursors") != std::string::npos);
    open_ones.pop_back();
    CHECK_FALSE(code_of([&] { open_ones.push_back(open()); }));
  }
  CHECK(count("c") == 100);
}

TEST_CASE("an update of many that fails half way leaves nothing of itself") {
  StoreFixture store;
  store.index("c", doc("u", 1), true);
  store.insert("c", {doc("_id", 1, "u", 1, "n", 1), doc("_id", 2, "u", 2, "n", 1), doc("_id", 3, "u", 3, "n", "text")});
  CHECK(store.update("c", {}, doc("$inc", doc("n", 1)), true).errors.size() == 1);
  CHECK(store.count("c", doc("n", 1)) == 2);
  const auto reply = store.update("c", {}, doc("$set", doc("u", 9)), true);
  REQUIRE(reply.errors.size() == 1);
  CHECK(reply.errors[0].code == duplicate);
  CHECK(reply.errors[0].key == doc("u", 9));
  CHECK(store.ids("c", doc("u", doc("$in", array(1, 2, 3)))).size() == 3);
  CHECK(store.count("c", doc("u", 9)) == 0);
}

TEST_CASE_FIXTURE(Numbers, "what the store lacks is unsupported, in words") {
  std::string text;
  CHECK(code_of([&] { run(driver->aggregate(AggregateOperation())); }, &text) == errc::unsupported);
  CHECK(text.find("aggregation") != std::string::npos);
  CHECK(code_of([&] { index("c", doc("a", "text")); }, &text) == errc::unsupported);
  CHECK(text.find("'text'") != std::string::npos);
  CHECK(code_of([&] { find("c", doc("$where", "true")); }, &text) == errc::unsupported);
  CHECK(text.find("$where") != std::string::npos);
}

TEST_CASE_FIXTURE(Numbers, "what cannot be stored is refused in words") {
  const auto large = insert("c", {doc("_id", -1, "a", std::string(17u << 20, 'x'))});
  REQUIRE(large.errors.size() == 1);
  CHECK(large.errors[0].message.find("16 MiB") != std::string::npos);
  CHECK(insert("", {doc("_id", -1)}).errors.size() == 1);
  CHECK(count("c") == 100);
}

TEST_CASE_FIXTURE(Numbers, "a hint names the index that is missing") {
  FindOperation operation = find_operation("c", doc("a", 1));
  operation.context.hint = "none";
  std::string text;
  CHECK(code_of([&] { find(operation); }, &text) == errc::invalid_query);
  CHECK(text.find("none") != std::string::npos);
}
