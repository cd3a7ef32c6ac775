// Cursors: batches of the size asked for, one snapshot, freed when dropped.
#include <doctest/doctest.h>

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

TEST_CASE_FIXTURE(Numbers, "inside a transaction too") {
  if (!has_transactions()) return;
  auto session = begin();
  insert("c", {doc("_id", 1000)}, session);
  FindOperation operation = find_operation("c");
  operation.batch_size = 40;
  operation.context.session = session;
  CHECK(find(operation).size() == 101);
  run(driver->abort(session));
}
