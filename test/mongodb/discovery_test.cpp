// How a client finds the members of a set, and what it says when it does not. Through the front.
#include <doctest/doctest.h>

#include <chrono>

#include "driver/mongodb/driver.hpp"
#include "mongodb/front.hpp"
#include "support/home_loop.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

std::string failure_of_opening(const std::string& uri) {
  std::string text;
  const auto code = code_of([&] { run_at_home(open_mongodb(uri)); }, &text);
  CHECK(code == errc::unavailable);
  return text;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("from one seed, whichever, the whole set is found, and writes go to its primary") {
  if (!has_front()) return;
  const Front front;
  for (const int seed : {0, 2}) {
    Watched db(front.uri_of_seed(seed, "replicaSet=rs0"));
    db.wait_until_all_known();
    db.wait_for_primary(front.member(0));
    db.insert(seed, "from_seed");
    CHECK(front.count(1, "insert") + front.count(2, "insert") == 0);
  }
  CHECK(front.count(0, "insert") == 2);
}

TEST_CASE("members that do not answer are no hindrance as long as one does") {
  if (!has_front()) return;
  const Front front;
  front.kill(1);
  front.kill(2);
  Watched db(front.uri("serverSelectionTimeoutMS=10000"));
  CHECK(db.insert(1) == 1);
}

TEST_CASE("servers say by themselves when they change: nobody waits for a heartbeat of a minute") {
  if (!has_front()) return;
  const Front front;
  front.hold_elections();
  Watched db(front.uri("heartbeatFrequencyMS=60000"));
  db.wait_until_all_known();
  for (const int next : {1, 2, 0}) {
    front.elect(next);
    db.wait_for_primary(front.member(next));
  }
  CHECK(front.count(0, "stream") > 0);
  auto history = db.history(front.member(1));
  history.resize(2);  // then unknown or secondary, by who was heard first
  CHECK(history == std::vector<std::string>({"RSSecondary", "RSPrimary"}));
}

TEST_CASE("serverMonitoringMode=poll asks, and whoever waits for a primary has it asked more often") {
  if (!has_front()) return;
  const Front front;
  front.hold_elections();
  Watched db(front.uri("heartbeatFrequencyMS=60000&serverMonitoringMode=poll"));
  db.wait_until_all_known();
  front.step_down();
  CHECK(code_of([&] { run(db.increment(1, std::chrono::steady_clock::now() + std::chrono::milliseconds(50))); }) ==
        errc::unavailable);
  front.elect(1);
  CHECK(db.insert(1) == 1);
  CHECK(front.count(0, "stream") + front.count(1, "stream") == 0);
}

TEST_CASE("a set of another name is refused at once, and in words") {
  if (!has_front()) return;
  const Front front;
  const std::string text = failure_of_opening(front.uri_of_seed(0, "replicaSet=other"));
  CHECK(has(text, front.member(0) + " belongs to the replica set rs0, and not to other: check replicaSet in the URI"));
  const std::string direct =
      failure_of_opening(front.uri_of_seed(1, "directConnection=true&replicaSet=other&serverSelectionTimeoutMS=1000"));
  CHECK(has(direct, "it belongs to the replica set rs0, and the URI asks for replicaSet=other"));
}

TEST_CASE("with all members down the error names each host and why, after serverSelectionTimeoutMS") {
  if (!has_front()) return;
  const Front front;
  const std::string uri = front.uri("serverSelectionTimeoutMS=1000");  // each is tried by then, on a busy machine too
  for (const int member : {0, 1, 2}) front.kill(member);
  const auto began = std::chrono::steady_clock::now();
  const std::string text = failure_of_opening(uri);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
  CAPTURE(text);
  for (const int member : {0, 1, 2}) CHECK(has(text, front.member(member) + " Unknown (connect on"));
  CHECK(has(text, "Connection refused"));
  CHECK(has(text, "serverSelectionTimeoutMS"));
  CHECK(has(text, " ms: "));
}

TEST_CASE("a member that is gone and comes back is used again") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri("readPreference=secondary&heartbeatFrequencyMS=500"));
  db.wait_until_all_known();
  const auto type_of = [&](int member) {
    return [address = front.member(member)](const mongodb::TopologyDescription& topology) {
      for (const auto& server : topology.servers)
        if (server.address.text() == address) return server.type;
      return mongodb::ServerType::unknown;
    };
  };
  front.kill(1);
  db.wait("the loss of a member",
          [of = type_of(1)](const auto& topology) { return of(topology) == mongodb::ServerType::unknown; });
  CHECK(db.find().empty());  // by the other one
  CHECK(front.count(2, "find") == 1);
  front.start(1);
  db.wait("its return", [of = type_of(1)](const auto& topology) { return of(topology) == mongodb::ServerType::secondary; });
  front.kill(2);
  db.wait("the loss of the other",
          [of = type_of(2)](const auto& topology) { return of(topology) == mongodb::ServerType::unknown; });
  CHECK(db.find().empty());
  CHECK(front.count(1, "find") == 1);
}
