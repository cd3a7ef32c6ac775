// A lost primary as an observer sees it: its connection is cut under a write, the write is tried again, and the servers say
// what they are.
#include <doctest/doctest.h>

#include <kinship/value/json.hpp>

#include "mongodb/front.hpp"
#include "mongodb/watchers.hpp"
#include "support/home_loop.hpp"

using namespace kinship;
using namespace kinship::test;

static awaitable<Database> opened(std::string uri, ConnectOptions options) {
  co_return co_await connect(std::move(uri), std::move(options));
}

static awaitable<void> insert(Database db) {
  const json document = {{"_id", 1}};
  auto collection = db.collection("c");
  co_await collection.insert_one(document);
  co_await db.close();
}

TEST_CASE("a lost primary is told: who was given up and why, what the servers were and are") {
  if (!has_front()) return;
  const Front front;
  front.hold_elections();
  const Heard<TopologyEvent> topology;
  const Heard<RetryEvent> retries;
  const Heard<PoolEvent> pool;
  ConnectOptions options;
  options.observe(topology).observe(retries).observe(pool);
  const Database db = run_at_home(opened(front.uri("heartbeatFrequencyMS=60000"), std::move(options)));
  for (int member = 0; member < 3; ++member) {
    const char* type = member == 0 ? "RSPrimary" : "RSSecondary";
    CHECK(topology.wait([&](const TopologyEvent& event) {
      return event.kind == TopologyEvent::Kind::server_changed && event.server == front.member(member) &&
             event.after == type;
    }));
  }
  CHECK(db.stats().primary == front.member(0));
  CHECK(db.stats().topology == "ReplicaSetWithPrimary");
  CHECK(db.stats().servers.size() == 3);

  front.fail(0, "insert", doc("closeConnection", true));
  run(insert(db));
  REQUIRE(retries.size() == 1);
  const RetryEvent retry = retries.all()[0];
  CHECK(retry.operation == "insert");
  CHECK(retry.collection == "c");
  CHECK(retry.server == front.member(0));
  CHECK(retry.error.find(front.member(0)) != std::string::npos);
  const auto given_up = [&](const TopologyEvent& event) {
    return event.kind == TopologyEvent::Kind::server_changed && event.server == front.member(0) &&
           event.before == "RSPrimary" && event.after.find("Unknown (") == 0;
  };
  CHECK(topology.count(given_up) == 1);
  const auto no_primary = [](const TopologyEvent& event) {
    return event.kind == TopologyEvent::Kind::topology_changed && event.after.find("ReplicaSetNoPrimary") == 0;
  };
  CHECK(topology.count(no_primary) >= 2);  // at the start, and now
  CHECK(pool.count([](const PoolEvent& event) { return event.kind == PoolEvent::Kind::pool_closed; }) == 3);
}
