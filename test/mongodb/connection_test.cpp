// What a connection makes of a server that answers in pieces, badly, late or not at all; through the whole driver.
// No test waits for a time to pass, except for the deadline it is about.
#include <doctest/doctest.h>

#include <chrono>

#include "mongodb/fake_server.hpp"
#include "mongodb/opened.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;

namespace {

Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

}  // namespace

TEST_CASE("a reply in single bytes is a reply") {
  FakeServer server([](Peer& peer, int) {
    while (peer.answer(cursor_of(7), 1)) {
    }
  });
  const Opened db(server.uri());
  CHECK(db.find_one() == 7);
  CHECK(db.find_one() == 7);
  CHECK(server.connections() == 1);
}

TEST_CASE("a reply that is cut off anywhere is an error that says so, and a read is tried once more") {
  const std::size_t whole = reply_to(1, cursor_of(7)).size();
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, whole - 1}) {
    CAPTURE(cut);
    FakeServer server([cut](Peer& peer, int number) {
      const Bytes request = peer.receive();
      Bytes reply = reply_to(id_of(request), cursor_of(7));
      if (number == 0) reply.resize(cut);
      peer.send(reply);
      if (number != 0) peer.receive();
    });
    const Opened db(server.uri());
    CHECK(db.find_one() == 7);
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("a write whose reply was lost is not sent twice to a server without retries, and its outcome is unknown") {
  FakeServer server([](Peer& peer, int) { peer.receive(); });
  const Opened db(server.uri());
  bool thrown = false;
  try {
    db.insert_one();
  } catch (const error& e) {
    thrown = true;
    CHECK(e.code() == errc::unavailable);
    CHECK(e.outcome() == Outcome::unknown);
    CHECK(std::string(e.what()).find("127.0.0.1:") != std::string::npos);
    CHECK(std::string(e.what()).find(" ms") != std::string::npos);
  }
  CHECK(thrown);
  CHECK(server.connections() == 1);
}

TEST_CASE("nonsense for a reply ends the connection, not the program") {
  const auto answer_with = [](auto make) {
    FakeServer server([make](Peer& peer, int) {
      const Bytes request = peer.receive();
      if (!request.empty()) peer.send(make(id_of(request)));
      peer.receive();
    });
    const Opened db(server.uri("directConnection=true&retryReads=false"));
    return code_of([&] { db.find_one(); }).value() != 0;
  };
  CHECK(answer_with([](std::int32_t id) { return reply_to(id + 5, cursor_of(1)); }));
  CHECK(answer_with(
      [](std::int32_t) { return Bytes{'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0', ' ', 'B', 'a', 'd'}; }));
  CHECK(answer_with([](std::int32_t id) {
    Bytes bytes = reply_to(id, cursor_of(1));
    bytes[0] = bytes[1] = bytes[2] = 0xff;
    bytes[3] = 0x7f;
    return bytes;
  }));
  CHECK(answer_with([](std::int32_t id) {
    Bytes bytes = reply_to(id, cursor_of(1));
    bytes[16] = 4;  // an unknown flag
    return bytes;
  }));
  CHECK(answer_with([](std::int32_t id) { return reply_to(id, doc("ok", 1.0)); }));
}

TEST_CASE("a deadline ends a wait, and the connection is used again when the reply comes after all") {
  std::atomic<bool> timed_out{false};
  FakeServer server([&](Peer& peer, int number) {
    if (number != 0) return;
    const Bytes first = peer.receive();
    peer.send(reply_to(id_of(first), cursor_of(1)), SIZE_MAX);
    const Bytes slow = peer.receive();
    while (!timed_out) std::this_thread::sleep_for(1ms);
    peer.send(reply_to(id_of(slow), cursor_of(2)));
    while (peer.answer(cursor_of(3))) {
    }
  });
  const Opened db(server.uri("directConnection=true&maxPoolSize=1"));
  CHECK(db.find_one() == 1);
  CHECK(code_of([&] { db.find_one(in(30ms)); }) == errc::timeout);
  timed_out = true;
  CHECK(db.find_one() == 3);  // waits for the one connection there may be
  CHECK(server.connections() == 1);
}

TEST_CASE("cancelling ends a wait at once; a connection that stays silent is given up for another") {
  FakeServer patient([](Peer& peer, int number) {
    if (number == 0) {
      peer.receive();
      peer.receive();
    }
    while (peer.answer(cursor_of(5))) {
    }
  });
  const Opened db(patient.uri("directConnection=true&maxPoolSize=1"));
  const Raced raced = cancel_soon(run_void(db->find(find_operation("c"))), 10);
  CHECK(raced.code == errc::cancelled);
  CHECK(raced.seconds < 0.5);
  CHECK(db.find_one() == 5);
  CHECK(patient.connections() == 2);
}

TEST_CASE("a server that takes connections and says nothing ends connect in time, with words") {
  FakeServer server([](Peer&, int) {}, false);
  std::string text;
  const auto code = code_of(
      [&] {
        run_at_home(open_mongodb(server.uri("directConnection=true&connectTimeoutMS=50&serverSelectionTimeoutMS=200")));
      },
      &text);
  CHECK(code == errc::unavailable);
  CHECK(text.find("127.0.0.1:") != std::string::npos);
  CHECK(text.find("serverSelectionTimeoutMS") != std::string::npos);
}

TEST_CASE("waiters get connections first come first served, and leave at their deadline") {
  std::atomic<bool> release{false};
  FakeServer server([&](Peer& peer, int) {
    const Bytes first = peer.receive();
    if (first.empty()) return;
    while (!release) std::this_thread::sleep_for(1ms);
    peer.send(reply_to(id_of(first), cursor_of(1)));
    while (peer.answer(cursor_of(2))) {
    }
  });
  const Opened db(server.uri("directConnection=true&maxPoolSize=1"));
  auto first = [&]() -> awaitable<void> {
    FindOperation operation = find_operation("c");
    const FindReply reply = co_await db->find(std::move(operation));
    CHECK(reply.first.documents.size() == 1);
  };
  auto late = [&]() -> awaitable<void> {
    FindOperation operation = find_operation("c");
    operation.context.deadline = in(50ms);
    std::string text;
    try {
      co_await db->find(std::move(operation));
    } catch (const error& e) {
      text = e.what();
      CHECK(e.code() == errc::timeout);
    }
    CHECK(text.find("maxPoolSize") != std::string::npos);
    release = true;
  };
  run_together(first(), late());
  CHECK(db.find_one() == 2);
  CHECK(server.connections() == 1);
}

TEST_CASE("nothing is left when the event loop goes before the driver") {
  FakeServer server([](Peer& peer, int) { peer.receive(), peer.receive(); });
  std::shared_ptr<Driver> driver;
  auto open = [&]() -> awaitable<void> {
    driver = co_await open_mongodb(server.uri());
    FindOperation operation = find_operation("c");
    co_await driver->find(std::move(operation));
  };
  abandon_loop(open(), 300);
  REQUIRE(driver != nullptr);
  CHECK(code_of([&] { run(driver->find(find_operation("c"))); }) == errc::unavailable);
}
