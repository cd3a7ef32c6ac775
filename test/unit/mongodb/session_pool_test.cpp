// The pool of server sessions, and the gossip of cluster times.
// Time is a number here: nothing waits.
#include <doctest/doctest.h>

#include <set>

#include "driver/mongodb/cluster_time.hpp"
#include "driver/mongodb/session_pool.hpp"
#include "support/bson.hpp"

namespace kinship::mongodb {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::doc;

const Clock::time_point start = Clock::time_point() + std::chrono::hours(100);

bson::Document cluster_time(std::uint64_t timestamp) {
  bson::Builder out;
  out.begin_document("$clusterTime").append_timestamp("clusterTime", timestamp);
  return out.begin_document("signature")
      .append_int64("keyId", 7)
      .end()
      .end()
      .append_timestamp("operationTime", timestamp)
      .finish();
}

TEST_CASE("session ids are random UUIDs of version 4") {
  std::set<std::array<std::uint8_t, 16>> ids;
  for (int i = 0; i < 100; ++i) {
    const ServerSession session = ServerSession::make(start);
    ids.insert(session.id);
    CHECK((session.id[6] >> 4) == 4);
    CHECK((session.id[8] >> 6) == 2);
  }
  CHECK(ids.size() == 100);
}

TEST_CASE("a session stands in a command as lsid") {
  const ServerSession session = ServerSession::make(start);
  bson::Builder out;
  session.append_to(out);
  const bson::Document command = out.finish();
  const bson::ValueView id = command["lsid"].as_document()["id"];
  CHECK(id.binary_subtype() == 4);
  CHECK(id.binary_bytes() == std::string_view(reinterpret_cast<const char*>(session.id.data()), 16));
}

TEST_CASE("the last session given back is the first to be used again, with its number") {
  ServerSessionPool pool;
  ServerSession a = pool.acquire(start, 30), b = pool.acquire(start, 30);
  CHECK(a.id != b.id);
  b.txn_number = 5;
  pool.release(a, start, 30);
  pool.release(b, start, 30);
  const ServerSession again = pool.acquire(start + seconds(1), 30);
  CHECK(again.id == b.id);
  CHECK(again.txn_number == 5);
  CHECK(again.last_use == start + seconds(1));
  CHECK(pool.acquire(start, 30).id == a.id);
  CHECK(pool.size() == 0);
}

TEST_CASE("a session with less than a minute left is dropped, both ways") {
  ServerSessionPool pool;
  const ServerSession a = pool.acquire(start, 30);
  pool.release(a, start + minutes(29), 30);
  CHECK(pool.size() == 1);
  CHECK(pool.acquire(start + minutes(29) + seconds(1), 30).id != a.id);
  CHECK(pool.size() == 0);
  pool.release(a, start + minutes(29) + seconds(1), 30);
  CHECK(pool.size() == 0);
}

TEST_CASE("releasing one sweeps out those that expired below it") {
  ServerSessionPool pool;
  const ServerSession old = pool.acquire(start, 30);
  const ServerSession fresh = pool.acquire(start + minutes(40), 30);
  pool.release(old, start, 30);
  pool.release(fresh, start + minutes(40), 30);
  CHECK(pool.size() == 1);
  CHECK(pool.acquire(start + minutes(40), 30).id == fresh.id);
}

TEST_CASE("without a timeout nothing expires; a dirty session never comes back") {
  ServerSessionPool pool;
  ServerSession a = pool.acquire(start, {});
  pool.release(a, start + minutes(1000), {});
  CHECK(pool.acquire(start + minutes(2000), {}).id == a.id);
  a.dirty = true;
  pool.release(a, start, {});
  CHECK(pool.size() == 0);
}

TEST_CASE("sessions are ended in commands of ten thousand") {
  ServerSessionPool pool;
  CHECK(pool.end_commands().empty());
  for (int i = 0; i < 10'001; ++i) pool.release(ServerSession::make(start), start, 30);
  const auto commands = pool.end_commands();
  REQUIRE(commands.size() == 2);
  const auto count = [](const bson::Document& command) {
    const bson::DocumentView ids = command["endSessions"].as_document();
    return std::distance(ids.begin(), ids.end());
  };
  CHECK(count(commands[0]) == 10'000);
  CHECK(count(commands[1]) == 1);
  CHECK(pool.size() == 0);
}

TEST_CASE("the newest cluster time is kept, whoever told it") {
  ClusterTime time;
  CHECK_FALSE(time.newest());
  time.advance(cluster_time(5)["$clusterTime"]);
  time.advance(cluster_time(3)["$clusterTime"]);
  REQUIRE(time.newest());
  CHECK(cluster_timestamp(*time.newest()) == 5);
  CHECK((*time.newest())["signature"].as_document()["keyId"].as_int64() == 7);
  const std::uint64_t later = 0xffff'ffff'0000'0001u;  // seconds beyond 2038: not a negative number
  time.advance(cluster_time(later)["$clusterTime"]);
  CHECK(cluster_timestamp(*time.newest()) == later);
}

TEST_CASE("what is no cluster time is ignored") {
  ClusterTime time;
  time.advance({});
  const bson::Document odd = doc("a", 5, "b", doc("clusterTime", 5));
  time.advance(odd["a"]);
  time.advance(odd["b"]);
  CHECK_FALSE(time.newest());
  CHECK(operation_time_of(cluster_time(9)) == 9);
  CHECK_FALSE(operation_time_of(doc("operationTime", 9)));
}

}  // namespace
}  // namespace kinship::mongodb
