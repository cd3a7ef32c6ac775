// The primary goes while writes are under way: stepped down, killed, started again. None may be lost, none done twice.
#include <doctest/doctest.h>

#include <chrono>
#include <future>

#include "mongodb/front.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

constexpr int writers = 50;

struct Result {
  int done{}, failed{};
  std::string text{};
  std::vector<Outcome> outcomes{};
};

awaitable<void> note(awaitable<void> write, Result* result) {
  try {
    co_await std::move(write);
    ++result->done;
  } catch (const error& e) {
    ++result->failed;
    result->text = e.what();
    result->outcomes.push_back(e.outcome());
  }
}

/// 50 writes at once, and meanwhile `act`.
Result write_while(Watched& db, const std::function<void()>& act) {
  Result result;
  std::vector<awaitable<void>> tasks;
  for (int i = 0; i < writers; ++i) tasks.push_back(note(db.increment(i), &result));
  auto other = std::async(std::launch::async, act);
  run_all(std::move(tasks));
  other.get();
  return result;
}

}  // namespace

TEST_CASE("the primary is killed when it has done 50 writes and answered none: they are tried again, and not done twice") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri("heartbeatFrequencyMS=60000"));
  db.wait_until_all_known();
  front.fail(0, "update", doc("keepReply", true), writers);
  const Result result = write_while(db, [&] {
    front.wait_for(0, "update", writers);
    front.kill(0);
  });
  CHECK(result.done == writers);
  CHECK(result.text == "");
  CHECK(db.count(doc("n", 1)) == writers);
  CHECK(db.count() == writers);
  CHECK(front.replayed() == writers);
}

TEST_CASE("the primary steps down under 50 writes, and nobody hears of it") {
  if (!has_front()) return;
  const Front front;
  front.hold_elections();
  Watched db(front.uri("heartbeatFrequencyMS=60000&maxPoolSize=10"));
  db.wait_until_all_known();
  const Result result = write_while(db, [&] {
    front.wait_for(0, "update", 5);
    front.step_down();
    front.elect(2);
  });
  CHECK(result.done == writers);
  CHECK(result.text == "");
  CHECK(db.count(doc("n", 1)) == writers);
  CHECK(front.count(2, "update") > 0);
}

TEST_CASE("killed, elected, started again, three times over: each write counts once") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri("heartbeatFrequencyMS=500&maxPoolSize=20"));
  db.wait_until_all_known();
  for (int round = 0; round < 3; ++round) {
    CAPTURE(round);
    const int primary = front.tell(doc("frontStats", 1))["primary"].as_int32();
    const int before = front.count(primary, "update");
    const Result result = write_while(db, [&] {
      front.wait_for(primary, "update", before + 10);
      front.kill(primary);
    });
    CHECK(result.done == writers);
    CHECK(result.text == "");
    CHECK(db.count(doc("n", round + 1)) == writers);
    front.start(primary);
    db.wait_until_all_known();
  }
}

TEST_CASE("waiters wake when the primary appears") {
  if (!has_front()) return;
  const Front front;
  front.hold_elections();
  Watched db(front.uri("heartbeatFrequencyMS=60000"));
  db.wait_until_all_known();
  front.step_down();
  db.wait("the loss of the primary", [](const auto& topology) { return topology.primary() == nullptr; });
  const Result result = write_while(db, [&] { front.elect(1); });
  CHECK(result.done == writers);
  CHECK(front.count(0, "update") + front.count(2, "update") == 0);
}

TEST_CASE("a primary that falls silent holds nothing up for longer than its monitor waits for it") {
  if (!has_front()) return;
  const Front front;
  front.hold_elections();
  Watched db(front.uri("heartbeatFrequencyMS=500&connectTimeoutMS=300"));
  db.wait_until_all_known();
  run(db.increment(0));
  front.silence(0);
  const Result result = write_while(db, [&] {
    front.wait_for(0, "update", 2);
    front.elect(1);
  });
  CHECK(result.done == writers);
  CHECK(result.text == "");
  CHECK(db.count() == writers);
  CHECK(db.count(doc("n", 1)) == writers - 1);
  CHECK(db.count(doc("n", 2)) == 1);
}

TEST_CASE("with retryWrites=false the errors name host, operation and time, and say what is known of the write") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri("heartbeatFrequencyMS=60000&retryWrites=false"));
  db.wait_until_all_known();
  front.fail(0, "update", doc("keepReply", true), writers);
  const Result result = write_while(db, [&] {
    front.wait_for(0, "update", writers);
    front.kill(0);
  });
  CHECK(result.failed == writers);
  CHECK(result.outcomes == std::vector<Outcome>(writers, Outcome::unknown));
  CHECK(result.text.find("update on " + front.member(0) + " after ") != std::string::npos);
  CHECK(result.text.find(" ms: the server closed the connection") != std::string::npos);
  CHECK(db.count(doc("n", 1)) == writers);  // this much the client cannot know
  CHECK(front.replayed() == 0);
}

TEST_CASE("a refused write with retryWrites=false says that it was not done") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri("retryWrites=false"));
  db.wait_until_all_known();
  front.fail(0, "update", doc("errorCode", 10107));
  Result result;
  run(note(db.increment(1), &result));
  CHECK(result.failed == 1);
  CHECK(result.outcomes == std::vector<Outcome>{Outcome::not_applied});
  CHECK(result.text.find("try again when the set has elected a primary (" + front.member(0)) != std::string::npos);
  CHECK(db.count() == 0);
}
