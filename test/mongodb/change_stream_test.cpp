// Change streams that lose their server: they go on at the same place, once, and without a gap. Through the front.
#include <doctest/doctest.h>

#include "driver/mongodb/operations.hpp"
#include "mongodb/front.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

AggregateOperation changes_of(const std::string& collection) {
  AggregateOperation operation;
  operation.collection = collection;
  bson::Builder pipeline;
  const bson::Document built =
      pipeline.begin_array("p").begin_document("").begin_document("$changeStream").end().end().end().finish();
  operation.pipeline = bson::Document(built["p"].as_document());
  return operation;
}

int next_id(FindReply& stream) {
  for (;;) {
    const Batch batch = run(stream.cursor->next());
    if (batch.documents.empty()) continue;
    REQUIRE(batch.documents.size() == 1);
    return batch.documents[0]["documentKey"].as_document()["_id"].as_int32();
  }
}

}  // namespace

TEST_CASE("a change stream goes on behind the last change when its connection breaks") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri());
  db.wait_until_all_known();
  FindReply stream = run(mongodb::aggregate(db.client, changes_of("c")));
  REQUIRE(stream.cursor);
  SUBCASE("before the first change") {
    front.fail(0, "getMore", doc("closeConnection", true), 1);
    db.insert(1);
    CHECK(next_id(stream) == 1);
  }
  SUBCASE("after one") {
    db.insert(1);
    CHECK(next_id(stream) == 1);
    front.fail(0, "getMore", doc("closeConnection", true), 1);
    db.insert(2);
    CHECK(next_id(stream) == 2);
  }
  const auto log = front.log("aggregate");
  REQUIRE(log.size() == 2);
}

TEST_CASE("a change stream whose server fails again at once, or with an error that tells of more, ends with it") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri());
  db.wait_until_all_known();
  FindReply stream = run(mongodb::aggregate(db.client, changes_of("c")));
  REQUIRE(stream.cursor);
  SUBCASE("twice") {
    front.fail(0, "getMore", doc("closeConnection", true), 2);
    CHECK(code_of([&] { run(stream.cursor->next()); }) == errc::unavailable);
    db.insert(3);
    CHECK(next_id(stream) == 3);  // asked again, it tries again
  }
  SUBCASE("not resumable") {
    front.fail(0, "getMore", doc("errorCode", 96), 1);
    CHECK(code_of([&] { run(stream.cursor->next()); }) == errc::store);
  }
}
