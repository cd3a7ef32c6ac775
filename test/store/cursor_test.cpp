// Cursors: batches of the size asked for, one snapshot, freed when dropped.
#include <doctest/doctest.h>

#include <algorithm>

#include "store/fixture.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

struct Numbers : StoreFixture {
  Numbers() {
    std::vector<bson::Document> documents;
    for (int i = 0; i < 100; ++i) documents.push_back(doc("_id", i, "a", 99 - i, "text", std::string(100, 'x')));
    insert("c", std::move(documents));
  }
  FindReply open(bson::Document sort = {}) {
    FindOperation operation = find_operation("c", {}, std::move(sort));
    operation.batch_size = 30;
    return run(driver->find(std::move(operation)));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Numbers, "batches of the size asked for, then an empty one") {
  for (const auto& sort : {bson::Document(), doc("_id", -1), doc("a", 1)}) {
    FindReply reply = open(sort);
    CHECK(reply.first.documents.size() == 30);
    REQUIRE(reply.cursor != nullptr);
    CHECK(run(reply.cursor->next()).documents.size() == 30);
    CHECK(run(reply.cursor->next()).documents.size() == 30);
    const Batch last = run(reply.cursor->next());
    CHECK(last.documents.size() == 10);
    CHECK(run(reply.cursor->next()).documents.empty());
    CHECK(last.documents[9].find("text").as_string().size() == 100);  // still alive
  }
}

TEST_CASE_FIXTURE(Numbers, "what fits needs no cursor") {
  FindOperation operation = find_operation("c", doc("a", doc("$lt", 10)));
  operation.batch_size = 30;
  const auto reply = run(driver->find(operation));
  CHECK(reply.first.documents.size() == 10);
  CHECK(reply.cursor == nullptr);
}

TEST_CASE_FIXTURE(Numbers, "limit and skip hold over all batches") {
  FindOperation operation = find_operation("c", {}, doc("_id", 1));
  operation.batch_size = 10;
  operation.skip = 5;
  operation.limit = 25;
  const auto found = ids(operation);
  REQUIRE(found.size() == 25);
  CHECK(found.front() == 5);
  CHECK(found.back() == 29);
}

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

TEST_CASE_FIXTURE(Numbers, "inside a transaction too") {
  auto session = begin();
  insert("c", {doc("_id", 1000)}, session);
  FindOperation operation = find_operation("c");
  operation.batch_size = 40;
  operation.context.session = session;
  CHECK(find(operation).size() == 101);
  run(driver->abort(session));
}
