// From an operation's object to the table its name is looked up in; results and failures against what is expected.
// Names no table has are skipped with the reason.
#include "spec/unified/operations.hpp"

#include <stdexcept>

#include "spec/report.hpp"

namespace kinship::spec {
namespace {

Handler handler_of(const World& world, const Call& call) {
  const std::string& object = call.object();
  world.check_built(object);
  if (object == "testRunner") return runner_operation(call.name());
  if (world.is_session(object)) return session_operation(call.name());
  if (world.is_cursor(object)) return cursor_operation(call.name());
  if (world.is_collection(object)) {
    if (const Handler read = read_operation(call.name())) return read;
    if (const Handler write = write_operation(call.name())) return write;
  }
  const bool reads = call.name() == "aggregate" || call.name() == "createChangeStream";
  if (world.is_client(object)) return reads ? read_operation(call.name()) : client_operation(call.name());
  if (reads) return read_operation(call.name());
  return administration_operation(call.name());
}

[[noreturn]] void not_mapped(const Call& call) {
  const char* why = "the seam has no call for it";
  if (call.object() == "testRunner") why = "the runner does not have it";
  throw Skip{call.name() + ": " + why};
}

void check_result(World& world, const Json& operation, const bson::Document& result) {
  if (operation.contains("expectResult")) {
    const Json& expected = operation.at("expectResult");
    if (const auto why = mismatch(expected, result["r"], world.values); !why.empty())
      throw std::runtime_error("the result: " + why);
  }
  if (operation.contains("saveResultAsEntity") && !result["r"].missing())
    world.keep(operation.at("saveResultAsEntity").get<std::string>(), Value(result["r"]));
}

void check_failure(World& world, const Json& operation, const UnifiedFailure& failure) {
  if (!operation.contains("expectError")) throw std::runtime_error("failed: " + failure.message);
  const auto why = failure_mismatch(operation.at("expectError"), failure, world.values);
  if (!why.empty()) throw std::runtime_error("its error: " + why + " [" + failure.message + "]");
}

}  // namespace

Place place_of(World& world, const Call& call) {
  if (world.is_collection(call.object())) {
    const TestCollection& collection = collection_of(world, call);
    return {collection.database->client->client, collection.database->name, collection.name, collection.context};
  }
  const TestDatabase& database = world.database(call.object());
  return {database.client->client, database.name, "", database.context};
}

TestCollection& collection_of(World& world, const Call& call) {
  TestCollection& collection = world.collection(call.object());
  if (collection.database->name != collection.database->client->client->database())
    throw Skip{"the seam has one database a client"};
  return collection;
}

awaitable<bson::Document> perform(World* world, Call call) {
  const Handler handler = handler_of(*world, call);
  if (handler == nullptr) not_mapped(call);
  return handler(world, std::move(call));
}

awaitable<void> perform_and_check(World* world, Call call) {
  const Json& operation = call.operation();
  const bool ignore = operation.value("ignoreResultAndError", false);
  const std::string name = call.name() + " on " + call.object() + ": ";
  std::optional<UnifiedFailure> failure;
  bson::Document result;
  std::exception_ptr broken;
  try {
    result = co_await perform(world, std::move(call));
  } catch (const OperationFailed& failed) {
    failure = failed.failure;
  } catch (const error& e) {
    failure = failure_of(e);
  } catch (const std::exception& e) {
    broken = std::make_exception_ptr(std::runtime_error(name + e.what()));
  }
  if (broken) std::rethrow_exception(broken);
  if (ignore) co_return;
  try {
    if (failure)
      check_failure(*world, operation, *failure);
    else if (operation.contains("expectError"))
      throw std::runtime_error("succeeded, but should fail with " + operation.at("expectError").dump());
    else
      check_result(*world, operation, result);
  } catch (const std::exception& e) {
    throw std::runtime_error(name + e.what());
  }
}

}  // namespace kinship::spec
