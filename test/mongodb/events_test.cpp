// What a listener inside the driver hears: commands with their request ids, connections in order, and never a credential.
// Against a scripted server, through one client.
#include <doctest/doctest.h>

#include <boost/asio/this_coro.hpp>
#include <string>
#include <vector>

#include "driver/mongodb/client.hpp"
#include "driver/mongodb/command_watch.hpp"
#include "driver/mongodb/operations.hpp"
#include "mongodb/fake_server.hpp"
#include "support/bson.hpp"
#include "support/run.hpp"

using namespace kinship;
using namespace kinship::test;
using mongodb::CommandEvent;
using mongodb::PoolEvent;

namespace {

struct Heard final : mongodb::EventListener {
  struct Told {
    CommandEvent::Kind kind;
    std::string name, database, failure;
    bson::Document body;
    std::int32_t request_id;
  };
  std::vector<Told> commands;
  std::vector<PoolEvent::Kind> connections;

  void command(const CommandEvent& event) noexcept override {
    commands.push_back({event.kind, std::string(event.name), std::string(event.database), std::string(event.failure),
                        bson::Document(event.body), event.request_id});
  }
  void pool(const PoolEvent& event) noexcept override { connections.push_back(event.kind); }
};

/// Sends one command to a server that gives this reply; empty: it closes the connection.
awaitable<void> send(std::string uri, std::shared_ptr<Heard> heard, bson::Document command) {
  auto client = std::make_shared<mongodb::Client>(co_await boost::asio::this_coro::executor, mongodb::parse_uri(uri));
  client->listen(std::move(heard));
  client->start();
  OperationContext context;
  try {
    co_await mongodb::run_command(client, std::move(command), std::move(context));
  } catch (const error&) {  // the event says so
  }
  co_await mongodb::Client::close(client, std::chrono::steady_clock::now() + std::chrono::seconds(2));
}

std::shared_ptr<Heard> told_of(const bson::Document& command, const bson::Document& reply) {
  FakeServer server([&reply](Peer& peer, int) {
    while (!reply.empty() && peer.answer(reply)) {
    }
  });
  auto heard = std::make_shared<Heard>();
  run(send(server.uri("directConnection=true&retryReads=false&retryWrites=false"), heard, command));
  return heard;
}

}  // namespace

TEST_CASE("a command is told when it is sent and when it is answered, with the id it has on the wire") {
  const auto heard = told_of(doc("ping", 1, "$db", "admin"), doc("ok", 1.0, "x", 5));
  REQUIRE(heard->commands.size() == 2);
  const Heard::Told &started = heard->commands[0], &ended = heard->commands[1];
  CHECK(started.kind == CommandEvent::Kind::started);
  CHECK(started.name == "ping");
  CHECK(started.database == "admin");
  CHECK(started.body["ping"].as_int32() == 1);
  CHECK(started.body["$db"].as_string() == "admin");
  CHECK(ended.kind == CommandEvent::Kind::succeeded);
  CHECK(ended.body["x"].as_int32() == 5);
  CHECK(started.request_id > 0);
  CHECK(ended.request_id == started.request_id);
}

TEST_CASE("a command that the server refuses has failed, with the reply; one without an answer, with a sentence") {
  const auto refused = told_of(doc("ping", 1), doc("ok", 0.0, "code", 2, "errmsg", "no"));
  REQUIRE(refused->commands.size() == 2);
  CHECK(refused->commands[1].kind == CommandEvent::Kind::failed);
  CHECK(refused->commands[1].failure == "no");
  CHECK(refused->commands[1].body["code"].as_int32() == 2);
  const auto lost = told_of(doc("ping", 1), bson::Document());
  REQUIRE(lost->commands.size() == 2);
  CHECK(lost->commands[1].kind == CommandEvent::Kind::failed);
  CHECK(lost->commands[1].failure.find("closed the connection") != std::string::npos);
  CHECK(lost->commands[1].body.empty());
}

TEST_CASE("commands with credentials are told by name only, and so are their replies and errors") {
  const bson::Document create = doc("createUser", "ada", "pwd", "secret", "roles", array());
  for (const bson::Document& reply : {doc("ok", 1.0, "echo", "secret"), doc("ok", 0.0, "code", 2, "errmsg", "secret")}) {
    const auto heard = told_of(create, reply);
    REQUIRE(heard->commands.size() == 2);
    for (const Heard::Told& event : heard->commands) {
      CHECK(event.name == "createUser");
      CHECK(event.body.empty());
      CHECK(event.failure.empty());
    }
  }
}

TEST_CASE("what is sensitive does not hang on how it is written; a hello is, if it logs in") {
  for (const char* name : {"saslStart", "SASLCONTINUE", "authenticate", "getnonce", "createuser", "updateUser", "copydb"})
    CHECK(mongodb::is_sensitive(name, doc(name, 1)));
  CHECK(!mongodb::is_sensitive("find", doc("find", "saslStart")));
  CHECK(!mongodb::is_sensitive("saslStarts", doc("saslStarts", 1)));
  CHECK(!mongodb::is_sensitive("hello", doc("hello", 1)));
  CHECK(mongodb::is_sensitive("isMaster", doc("isMaster", 1, "speculativeAuthenticate", doc("saslStart", 1))));
}

TEST_CASE("connections are told from the pool's beginning to its end, in order") {
  using Kind = PoolEvent::Kind;
  const auto heard = told_of(doc("ping", 1), doc("ok", 1.0));
  const std::vector<Kind> expected = {Kind::pool_created,       Kind::pool_ready,        Kind::check_out_started,
                                      Kind::connection_created, Kind::connection_ready,  Kind::checked_out,
                                      Kind::checked_in,         Kind::connection_closed, Kind::pool_closed};
  CHECK(heard->connections == expected);
}
