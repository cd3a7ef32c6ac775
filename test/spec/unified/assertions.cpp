// Operations of the test runner: fail points, entities made in mid-test, and assertions.
// A failed assertion is a std::runtime_error in words.
#include <stdexcept>

#include "driver/mongodb/bson_read.hpp"
#include "spec/report.hpp"
#include "spec/unified/operations.hpp"

namespace kinship::spec {
namespace {

using Clock = std::chrono::steady_clock;

awaitable<bson::Document> configured(World* world, TestClient* client, bson::Document command) {
  world->fail_points.emplace_back(client, std::string(mongodb::read_text(command["configureFailPoint"])));
  bson::Builder in_admin;
  for (const auto& field : command.view()) in_admin.append(field.name, field.value);
  bson::Document whole = in_admin.append_string("$db", "admin").finish();
  OperationContext context;
  const ClientPtr sender = client->client;
  co_await mongodb::run_command(sender, std::move(whole), std::move(context));
  co_return no_result();
}

awaitable<bson::Document> fail_point(World* world, Call call) {
  TestClient* const client = &world->client(call.text("client"));
  bson::Document command = call.document("failPoint");
  call.find("session");
  call.done();
  return configured(world, client, std::move(command));
}

awaitable<bson::Document> targeted_fail_point(World* world, Call call) {
  TestClient* const client = world->session(call.text("session")).client;
  bson::Document command = call.document("failPoint");
  call.done();
  return configured(world, client, std::move(command));
}

awaitable<bson::Document> create_entities(World* world, Call call) {
  const Json entities = call.get("entities");
  for (const Json& entity : entities) {
    Json one = entity;
    co_await World::create(world, std::move(one));
  }
  co_return no_result();
}

awaitable<bson::Document> assert_lsids(World* world, Call call) {
  const auto& commands = world->client(call.text("client")).recorder->commands();
  call.done();
  if (commands.size() < 2) throw std::runtime_error("fewer than two commands were sent");
  const auto last = commands[commands.size() - 1]["lsid"], before = commands[commands.size() - 2]["lsid"];
  if (last.missing() || before.missing()) throw std::runtime_error("a command has no lsid");
  const bool same = last == before;
  if (same != (call.name() == "assertSameLsidOnLastTwoCommands"))
    throw std::runtime_error(same ? "the last two commands have one lsid" : "the last two commands have different lsids");
  co_return no_result();
}

awaitable<bson::Document> assert_transaction_state(World* world, Call call) {
  using State = mongodb::MongoSession::State;
  const TestSession& session = world->session(call.text("session"));
  const std::string wanted = call.text("state");
  call.done();
  std::string state = "none";
  if (session.session) {
    const State now = session.session->state();
    state = now == State::starting                             ? "starting"
            : now == State::committed || now == State::unknown ? "committed"
            : now == State::aborted                            ? "aborted"
                                                               : "in_progress";
  }
  if (state != wanted) throw std::runtime_error("the transaction's state is " + state + ", should be " + wanted);
  co_return no_result();
}

awaitable<bson::Document> assert_session(World* world, Call call) {
  const TestSession& session = world->session(call.text("session"));
  call.done();
  if (!session.session) throw Skip{"the seam has no session outside of a transaction"};
  const bool dirty = call.name().ends_with("Dirty");
  const bool is = dirty ? session.session->server_session().dirty : session.session->pinned() != nullptr;
  const bool wanted = call.name() == "assertSessionDirty" || call.name() == "assertSessionPinned";
  if (is != wanted) throw std::runtime_error(call.name() + " does not hold");
  co_return no_result();
}

/// Names in a reply of listCollections or listIndexes.
awaitable<bool> is_listed(World* world, bson::Document command, std::string name) {
  const ClientPtr client = world->new_client("", nullptr, Json::object());
  OperationContext context;
  bool found = false;
  try {
    const bson::Document reply = co_await mongodb::run_command(client, std::move(command), std::move(context));
    for (const auto& element : mongodb::read_document(mongodb::read_document(reply["cursor"])["firstBatch"]))
      found = found || mongodb::read_text(mongodb::read_document(element.value)["name"]) == name;
  } catch (const error& e) {
    if (e.store_code() != 26) throw;  // no such collection: no indexes
  }
  co_await mongodb::Client::close(client, Clock::now() + std::chrono::seconds(2));
  co_return found;
}

awaitable<bson::Document> assert_exists(World* world, Call call) {
  const bool index = call.has("indexName");
  const std::string collection = call.text("collectionName");
  const std::string name = index ? call.text("indexName") : collection;
  bson::Builder command;
  if (index)
    command.append_string("listIndexes", collection);
  else
    command.append_int32("listCollections", 1);
  command.append_string("$db", call.text("databaseName"));
  call.done();
  bson::Document list = command.finish();
  const bool exists = co_await is_listed(world, std::move(list), name);
  const bool wanted = call.name().find("Not") == std::string::npos;
  if (exists != wanted) throw std::runtime_error(name + (exists ? " exists" : " does not exist"));
  co_return no_result();
}

awaitable<bson::Document> wait_for_event(World* world, Call call) {
  TestClient& client = world->client(call.text("client"));
  const Json event = call.get("event");
  const std::size_t count = call.number("count");
  call.done();
  const auto until = Clock::now() + std::chrono::seconds(10);
  while (client.recorder->count(event, world->values) < count) {
    if (Clock::now() >= until) throw std::runtime_error("waited in vain for " + event.dump());
    co_await client.recorder->wait(client.client->deadlines(), until);
  }
  co_return no_result();
}

awaitable<bson::Document> assert_event_count(World* world, Call call) {
  TestClient& client = world->client(call.text("client"));
  const std::size_t count = client.recorder->count(call.get("event"), world->values);
  if (count != call.number("count"))
    throw std::runtime_error("there were " + std::to_string(count) + " of " + call.get("event").dump());
  call.done();
  co_return no_result();
}

awaitable<bson::Document> assert_checked_out(World* world, Call call) {
  const int out = world->client(call.text("client")).recorder->checked_out();
  if (out != static_cast<int>(call.number("connections")))
    throw std::runtime_error(std::to_string(out) + " connections are checked out");
  call.done();
  co_return no_result();
}

awaitable<bson::Document> wait(World* world, Call call) {
  const auto until = Clock::now() + std::chrono::milliseconds(call.number("ms"));
  call.done();
  const auto deadlines = world->clients().at(0)->client->deadlines();
  const auto pause = std::make_shared<mongodb::Pause>(deadlines, until);
  co_await detail::await_operation(pause);
  co_return no_result();
}

}  // namespace

Handler runner_operation(const std::string& name) {
  if (name == "failPoint") return fail_point;
  if (name == "targetedFailPoint") return targeted_fail_point;
  if (name == "createEntities") return create_entities;
  if (name == "assertSameLsidOnLastTwoCommands" || name == "assertDifferentLsidOnLastTwoCommands") return assert_lsids;
  if (name == "assertSessionTransactionState") return assert_transaction_state;
  if (name == "assertSessionDirty" || name == "assertSessionNotDirty") return assert_session;
  if (name == "assertSessionPinned" || name == "assertSessionUnpinned") return assert_session;
  if (name.ends_with("Exists")) return assert_exists;
  if (name == "waitForEvent") return wait_for_event;
  if (name == "assertEventCount") return assert_event_count;
  if (name == "assertNumberConnectionsCheckedOut") return assert_checked_out;
  if (name == "wait") return wait;
  return nullptr;
}

}  // namespace kinship::spec
