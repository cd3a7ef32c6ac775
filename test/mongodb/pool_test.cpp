// A pool between trouble with its server and the next news of it: who waits for a connection is told, with host and cure,
// and what may wait does. MongoDB's own tests of pools are in test/spec/pooling.cpp.
#include <doctest/doctest.h>

#include <chrono>

#include "mongodb/fake_server.hpp"
#include "mongodb/opened.hpp"
#include "support/race.hpp"
#include "support/says.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;

namespace {

/// What two finds over the one connection there may be came to, when it was cut under the first.
struct Finds {
  int found[2]{};
  std::string text[2]{};
};

Finds cut_under_the_first(const std::string& options) {
  std::atomic<bool> cut{false};
  FakeServer server([&](Peer& peer, int number) {
    if (number == 0) peer.look();
    while (number == 0 && !cut) std::this_thread::sleep_for(1ms);
    while (number != 0 && peer.answer(cursor_of(7))) {
    }
  });
  const Opened db(server.uri("directConnection=true&maxPoolSize=1&" + options));
  Finds out;
  auto find = [&](int which) -> awaitable<void> {
    FindOperation operation = find_operation("c");
    try {
      const FindReply reply = co_await db->find(std::move(operation));
      out.found[which] = reply.first.documents.at(0)["_id"].as_int32();
    } catch (const error& e) {
      CHECK(e.code() == errc::unavailable);
      out.text[which] = e.what();
    }
  };
  auto both_wait = [&]() -> awaitable<void> {
    cut = true;
    co_return;
  };
  std::vector<awaitable<void>> tasks;
  tasks.push_back(find(0));
  tasks.push_back(find(1));
  tasks.push_back(both_wait());
  run_all(std::move(tasks));
  CHECK(db.find_one() == 7);
  CHECK(server.connections() == 2);
  return out;
}

}  // namespace

TEST_CASE("who waits for a connection when its pool is cleared tries again, as if his own had failed") {
  const Finds ended = cut_under_the_first("retryReads=true");
  CHECK(ended.found[0] == 7);
  CHECK(ended.found[1] == 7);
}

TEST_CASE("without retries he is told of which host, why, and what to do") {
  const Finds ended = cut_under_the_first("retryReads=false");
  says(ended.text[0], "closed the connection");
  says(ended.text[1], "find on 127.0.0.1:");
  says(ended.text[1], "its connections were given up (");
  says(ended.text[1], "closed the connection");
  says(ended.text[1], "try again");
}

TEST_CASE("a cursor waits for news of its server, and goes on over another connection") {
  FakeServer server([](Peer& peer, int number) {
    if (number == 0) {
      peer.answer(doc("ok", 1.0, "cursor", doc("id", std::int64_t{5}, "ns", "t.c", "firstBatch", array(doc("_id", 1)))));
      peer.look();  // cut under it
      return;
    }
    CHECK(name_of(peer.look()) == "getMore");
    peer.answer(doc("ok", 1.0, "cursor", doc("id", std::int64_t{0}, "ns", "t.c", "nextBatch", array(doc("_id", 2)))));
    peer.receive();
  });
  const Opened db(server.uri());
  FindOperation operation = find_operation("c");
  operation.batch_size = 1;
  FindReply reply = run(db->find(std::move(operation)));
  REQUIRE(reply.cursor != nullptr);
  CHECK(code_of([&] { db.command(doc("ping", 1)); }) == errc::unavailable);
  const Batch next = run(reply.cursor->next());
  REQUIRE(next.documents.size() == 1);
  CHECK(next.documents[0]["_id"].as_int32() == 2);
  CHECK(server.connections() == 2);
}

TEST_CASE("a cursor whose server has gone does not hold up the end") {
  std::atomic<bool> gone{false};
  FakeOptions options;
  options.more_in_hello = [&](bson::DocumentView) {
    while (gone) std::this_thread::sleep_for(1ms);
    return bson::Document();
  };
  FakeServer server(
      [&](Peer& peer, int) {
        peer.answer(doc("ok", 1.0, "cursor", doc("id", std::int64_t{5}, "ns", "t.c", "firstBatch", array(doc("_id", 1)))));
        peer.look();
        gone = true;
      },
      options);
  const auto driver = run_at_home(open_mongodb(server.uri()));
  FindOperation operation = find_operation("c");
  operation.batch_size = 1;
  FindReply reply = run(driver->find(std::move(operation)));
  CHECK(code_of([&] { run(driver->command(doc("ping", 1), OperationContext())); }) == errc::unavailable);
  reply.cursor.reset();
  const auto began = std::chrono::steady_clock::now();
  run(driver->close(began + 30s));
  CHECK(std::chrono::steady_clock::now() - began < 8s);
  gone = false;
}
