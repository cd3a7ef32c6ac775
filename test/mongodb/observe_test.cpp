// What `observe` tells of commands, connections, servers and retries, through the public calls, against a scripted server.
// Order, redaction, and what an observer may do.
#include <doctest/doctest.h>

#include <atomic>
#include <kinship/value/json.hpp>

#include "mongodb/fake_server.hpp"
#include "mongodb/scram_server.hpp"
#include "mongodb/watchers.hpp"
#include "support/bson.hpp"
#include "support/run.hpp"
#include "support/says.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

using Command = CommandEvent::Kind;
using Pool = PoolEvent::Kind;
using Topology = TopologyEvent::Kind;

constexpr const char* one_server = "directConnection=true";

/// Answers every command with this.
FakeServer::Script always(bson::Document reply) {
  return [reply](Peer& peer, int) {
    while (peer.answer(reply)) {
    }
  };
}

json ping() { return json{{"ping", 1}}; }

awaitable<void> connect_and_close(std::string uri, ConnectOptions options) {
  Database db = co_await connect(std::move(uri), std::move(options));
  const json command = ping();
  co_await db.command(command);
  co_await db.close();
}

}  // namespace

TEST_CASE("from the start to the end: servers, connections and commands, in order, all told before close returns") {
  const FakeServer server(always(doc("ok", 1.0)));
  const Heard<PoolEvent> pool;
  const Heard<TopologyEvent> topology;
  const Heard<CommandEvent> commands;
  ConnectOptions options;
  options.observe(pool).observe(topology).observe(commands);
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  run(connect_and_close(server.uri(one_server), options));

  std::vector<Pool> kinds;
  for (const PoolEvent& event : pool.all()) {
    kinds.push_back(event.kind);
    CHECK(event.server == address);
  }
  const std::vector<Pool> expected = {
      Pool::pool_created,      Pool::pool_ready,  Pool::check_out_started, Pool::connection_created, Pool::connection_ready,
      Pool::checked_out,       Pool::checked_in,  // connect asks whether the server answers
      Pool::check_out_started, Pool::checked_out, Pool::checked_in,        Pool::connection_closed,  Pool::pool_closed};
  CHECK(kinds == expected);
  CHECK(pool.all().at(10).reason == "poolClosed");
  CHECK(pool.all().at(10).connection == 1);

  REQUIRE(commands.size() == 2);
  const CommandEvent sent = commands.all()[0], answered = commands.all()[1];
  CHECK(sent.kind == Command::started);
  CHECK(sent.name == "ping");
  CHECK(sent.database == "test");
  CHECK(sent.server == address);
  CHECK(sent.connection == 1);
  says(sent.command, R"({"ping": 1, )");
  CHECK(answered.kind == Command::succeeded);
  CHECK(answered.request == sent.request);
  CHECK(answered.duration.count() > 0);
  CHECK(answered.reply == "");
  CHECK(answered.time >= sent.time);

  const auto events = topology.all();
  REQUIRE(events.size() >= 5);
  CHECK(events[0].kind == Topology::server_opened);
  CHECK(events[1].kind == Topology::topology_changed);
  CHECK(events[2].kind == Topology::heartbeat_succeeded);
  CHECK(events[3].kind == Topology::server_changed);
  CHECK(events[3].server == address);
  CHECK(events[3].before == "Unknown");
  CHECK(events[3].after == "Standalone");
  CHECK(events[4].kind == Topology::topology_changed);
  says(events[4].after, "Single: " + address + " Standalone");
}

static awaitable<void> insert_ada(std::string uri, Lines plain, Lines detailed, Heard<OperationEvent> operations) {
  Database db = co_await connect(std::move(uri));
  observe_all(db, plain);
  observe_all(db, detailed, ObserveOptions().values(true));
  db.observe(operations);
  const json ada = {{"name", "Ada"}, {"tags", {"x", "y"}}};
  co_await db.collection("users").insert_one(ada);
  co_await db.close();
}

TEST_CASE("values are told to those who asked for them, names to all") {
  const FakeServer server(always(doc("ok", 1.0, "n", 1)));
  const Lines plain, detailed;
  const Heard<OperationEvent> operations;
  run(insert_ada(server.uri(one_server), plain, detailed, operations));
  says(plain.text(), R"(insert sent to 127.0.0.1:)");
  says(plain.text(),
       R"({"insert": "users", "ordered": "?", "documents": [{"_id": "?", "name": "?", "tags": ["?", 1 more]}])");
  CHECK(plain.text().find("Ada") == std::string::npos);
  says(detailed.text(), R"("name": "Ada", "tags": ["x", "y"])");
  says(detailed.text(), R"("n": 1)");
  CHECK(plain.size() == detailed.size());
  REQUIRE(operations.size() == 1);
  CHECK(operations.all()[0].operation == "insert");
  says(plain.text(), "insert on users took");
}

static awaitable<void> fail(std::string uri, Lines plain, Lines detailed) {
  Database db = co_await connect(std::move(uri));
  observe_all(db, plain);
  observe_all(db, detailed, ObserveOptions().values(true));
  const json command = ping();
  try {
    co_await db.command(command);
  } catch (const error&) {  // the events say so
  }
  co_await db.close();
}

TEST_CASE("what the server says of an error may quote values: without them there are code and name") {
  const FakeServer server(always(doc("ok", 0.0, "code", 11000, "codeName", "DuplicateKey", "errmsg", "dup key: Ada")));
  const Lines plain, detailed;
  run(fail(server.uri(one_server), plain, detailed));
  says(plain.text(), "DuplicateKey (11000)\n");
  CHECK(plain.text().find("Ada") == std::string::npos);
  says(detailed.text(), "DuplicateKey (11000): dup key: Ada");
}

static awaitable<void> log_in(std::string uri, Lines lines) {
  ConnectOptions options;
  observe_all(options, lines, ObserveOptions().values(true));
  Database db = co_await connect(std::move(uri), std::move(options));
  const json create = {{"createUser", "grace"}, {"pwd", "hunter2"}, {"roles", json::array()}};
  const json start = {{"saslStart", 1}, {"mechanism", "PLAIN"}, {"payload", "hunter2"}};
  const json hello = {{"hello", 1}, {"speculativeAuthenticate", {{"payload", "hunter2"}}}};
  const json authenticate = {{"authenticate", 1}, {"key", "hunter2"}};
  const std::vector<const json*> commands = {&create, &start, &hello, &authenticate};
  for (const json* command : commands) {
    try {
      co_await db.command(*command);
    } catch (const error&) {  // the server knows no better
    }
  }
  co_await db.close();
}

TEST_CASE("no event holds a credential, though values were asked for and the server repeats them") {
  ScramServer scram(mongodb::ScramHash::sha256);
  FakeOptions fake;
  fake.more_in_hello = [&scram](bson::DocumentView hello) {
    const bson::ValueView start = hello["speculativeAuthenticate"];
    return start.missing() ? bson::Document() : doc("speculativeAuthenticate", scram.first(start.as_document()));
  };
  int commands = 0;
  const FakeServer server(
      [&](Peer& peer, int) {
        if (!scram.finish(peer)) return;
        while (peer.answer(++commands % 2 == 0 ? doc("ok", 1.0, "echo", "hunter2")
                                               : doc("ok", 0.0, "code", 2, "errmsg", "no hunter2"))) {
        }
      },
      fake);
  const Lines lines;
  run(log_in(server.uri("directConnection=true&authSource=admin", "user:pencil"), lines));
  const std::string text = lines.text();
  for (const char* secret : {"hunter2", "pencil", "payload", "speculative"})
    CHECK_MESSAGE(text.find(secret) == std::string::npos, text);
  for (const char* told : {"createUser sent to", "saslStart took", "hello failed after", "authenticate took"})
    says(text, told);
}

static awaitable<void> find_twice(std::string uri, Heard<RetryEvent> retries, Stats* stats) {
  Database db = co_await connect(std::move(uri));
  db.observe(retries);
  const auto found = co_await db.collection("c").find(json::object()).all();
  CHECK(found.size() == 1);
  *stats = db.stats();
  co_await db.close();
}

TEST_CASE("a command that is tried again is told with the try, the reason and the server given up, and counted") {
  std::atomic<int> asked{0};
  const FakeServer server([&](Peer& peer, int) {
    const bson::Document no = doc("ok", 0.0, "code", 134, "codeName", "ReadConcernMajorityNotAvailableYet", "errmsg", "x");
    while (peer.answer(asked++ == 0 ? no : cursor_of(7))) {
    }
  });
  const Heard<RetryEvent> retries;
  Stats stats;
  run(find_twice(server.uri(one_server), retries, &stats));
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  REQUIRE(retries.size() == 1);
  const RetryEvent event = retries.all()[0];
  CHECK(event.operation == "find");
  CHECK(event.collection == "c");
  CHECK(event.attempt == 2);
  CHECK(event.server == address);
  CHECK(event.error == "ReadConcernMajorityNotAvailableYet (134)");
  says(event.text(), "find on c is tried again (try 2) after 127.0.0.1:");

  CHECK(stats.retries == 1);
  CHECK(stats.topology == "Single");
  CHECK(stats.primary == "");
  REQUIRE(stats.servers.size() == 1);
  CHECK(stats.servers[0].type == "Standalone");
  CHECK(stats.servers[0].round_trip.count() > 0);
  CHECK(stats.pool.open == 1);
  CHECK(stats.pool.idle == 1);
  CHECK(stats.pool.created == 1);
  CHECK(stats.pool.in_use + stats.pool.waiting + stats.pool.closed == 0);
  CHECK(stats.events_lost == 0);
}
