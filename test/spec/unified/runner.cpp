// The steps of one test, in the order the format prescribes.
// Whatever happens, fail points are turned off and clients closed.
#include "spec/unified/runner.hpp"

#include <boost/asio/this_coro.hpp>
#include <stdexcept>

#include "driver/mongodb/bson_read.hpp"
#include "spec/report.hpp"
#include "spec/unified/operations.hpp"
#include "support/run.hpp"

namespace kinship::spec {
namespace {

using Clock = std::chrono::steady_clock;

/// How long events that are still missing are waited for.
constexpr std::chrono::seconds patience(2);

Deadline soon() { return Clock::now() + std::chrono::seconds(10); }

awaitable<void> store_documents(ClientPtr client, Json data) {
  OperationContext context;
  context.deadline = soon();
  const std::string collection = data.at("collectionName");
  co_await mongodb::drop_collection(client, collection, context);
  WriteOperation insert;
  insert.collection = collection;
  insert.context = context;
  for (const Json& document : data.at("documents")) {
    WriteItem item;
    item.document = from_extended_json(document);
    insert.items.push_back(std::move(item));
  }
  if (!insert.items.empty()) {
    const WriteReply reply = co_await mongodb::write(client, std::move(insert));
    if (!reply.errors.empty()) throw std::runtime_error("initial data: " + reply.errors[0].message);
    co_return;
  }
  bson::Builder create;
  create.append_string("create", collection);
  if (data.contains("createOptions"))
    for (const auto& [name, value] : data.at("createOptions").items())
      if (name != "writeConcern") create.append(name, value_from_json(value).view());
  bson::Document command = create.finish();
  co_await mongodb::run_command(client, std::move(command), std::move(context));
}

awaitable<void> check_outcome(ClientPtr client, Json data) {
  FindOperation find;
  find.collection = data.at("collectionName");
  find.sort = from_extended_json(Json::parse(R"({"_id": 1})"));
  find.context.deadline = soon();
  const FindReply reply = co_await mongodb::find(client, find);
  const bson::Document found = result_of(reply.first.documents);
  Json wanted = Json::array();
  for (const Json& document : data.at("documents")) wanted.push_back({{"document", document}});
  const auto& got = reply.first.documents;
  if (got.size() != wanted.size())
    throw std::runtime_error("the outcome has " + std::to_string(got.size()) + " documents, should have " +
                             std::to_string(wanted.size()));
  for (std::size_t i = 0; i < got.size(); ++i) {
    const Value document(got[i]);
    const auto why = mismatch(wanted[i]["document"], document.view(), {}, false);
    if (!why.empty()) throw std::runtime_error("the outcome's document " + std::to_string(i) + ": " + why);
  }
}

awaitable<void> for_collections(const World* world, Json collections, awaitable<void> (*use)(ClientPtr, Json)) {
  for (const Json& data : collections) {
    const ClientPtr client = world->new_client(data.at("databaseName"), nullptr, Json::object());
    std::exception_ptr failure;
    try {
      Json one = data;
      co_await use(client, std::move(one));
    } catch (...) {
      failure = std::current_exception();
    }
    co_await mongodb::Client::close(client, soon());
    if (failure) std::rethrow_exception(failure);
  }
}

awaitable<void> check_events(World* world, const Json* expected) {
  TestClient& client = world->client(expected->at("client"));
  const auto until = Clock::now() + patience;
  for (;;) {
    const std::string why = events_mismatch(*expected, client.recorder->events(), world->values);
    if (why.empty()) co_return;
    if (why.find("is missing, should be") == std::string::npos || Clock::now() >= until) throw std::runtime_error(why);
    co_await client.recorder->wait(client.client->deadlines(), until);
  }
}

awaitable<void> turn_off(World* world) {
  for (const auto& [client, name] : world->fail_points) {
    bson::Builder off;
    off.append_string("configureFailPoint", name).append_string("mode", "off").append_string("$db", "admin");
    bson::Document command = off.finish();
    OperationContext context;
    context.deadline = soon();
    const ClientPtr sender = world->new_client("", nullptr, Json::object());
    try {
      co_await mongodb::run_command(sender, std::move(command), std::move(context));
    } catch (const error&) {  // the next test would show it
    }
    co_await mongodb::Client::close(sender, soon());
  }
}

awaitable<void> steps(World* world, const UnifiedFile* file, const UnifiedTest* test) {
  co_await for_collections(world, file->initial_data, store_documents);
  world->learn(file->entities);
  for (const Json& operation : test->operations)
    if (operation.at("name") == "createEntities") world->learn(operation.at("arguments").at("entities"));
  for (const Json& entity : file->entities) {
    Json one = entity;
    co_await World::create(world, std::move(one));
  }
  for (const Json& operation : test->operations) {
    Call call(operation);
    co_await perform_and_check(world, std::move(call));
  }
  for (const Json& expected : test->events) co_await check_events(world, &expected);
  co_await for_collections(world, test->outcome, check_outcome);
}

awaitable<void> whole_test(mongodb::MongoUri uri, const UnifiedFile* file, const UnifiedTest* test) {
  World world(co_await boost::asio::this_coro::executor, std::move(uri));
  std::exception_ptr failure;
  try {
    co_await steps(&world, file, test);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await turn_off(&world);
  co_await World::close(&world);
  if (failure) std::rethrow_exception(failure);
}

awaitable<bson::Document> ask(ClientPtr client, const char* command) {
  bson::Builder body;
  body.append_int32(command, 1).append_string("$db", "admin");
  bson::Document built = body.finish();
  OperationContext context;
  context.deadline = soon();
  bson::Document reply = co_await mongodb::run_command(client, std::move(built), std::move(context));
  co_return reply;
}

awaitable<ServerFacts> facts_of(mongodb::MongoUri uri) {
  World world(co_await boost::asio::this_coro::executor, std::move(uri));
  const ClientPtr client = world.new_client("", nullptr, Json::object());
  const bson::Document hello = co_await ask(client, "hello");
  const bson::Document build = co_await ask(client, "buildInfo");
  co_await mongodb::Client::close(client, soon());
  ServerFacts facts;
  facts.topology = !hello["setName"].missing() ? "replicaset" : !hello["msg"].missing() ? "sharded" : "single";
  std::size_t at = 0;
  for (const auto& part : mongodb::read_document(build["versionArray"]))
    if (at < facts.version.size()) facts.version[at++] = mongodb::read_int(part.value).value_or(0);
  facts.authenticated = client->uri().username.has_value();
  co_return facts;
}

}  // namespace

UnifiedRunner::UnifiedRunner(const std::string& uri) : uri_(mongodb::parse_uri(uri)), server_(test::run(facts_of(uri_))) {}

void UnifiedRunner::run(const UnifiedFile& file, const UnifiedTest& test) const {
  if (!test.skip_reason.empty()) throw Skip{"by the specification: " + test.skip_reason};
  for (const Json& requirements : {file.requirements, test.requirements})
    if (const auto why = unmet(requirements, server_); !why.empty()) throw Skip{why};
  test::run(whole_test(uri_, &file, &test));
}

}  // namespace kinship::spec
