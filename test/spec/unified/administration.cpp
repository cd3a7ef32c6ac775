// Commands: raw ones, and what a user does with them because the seam has no call of its own.
// The seam lists collections by name and indexes; not databases.
#include "driver/mongodb/bson_read.hpp"
#include "spec/report.hpp"
#include "spec/unified/operations.hpp"

namespace kinship::spec {
namespace {

struct Place {
  ClientPtr client;
  std::string database;
  OperationContext context;
};

Place place_of(World& world, const Call& call) {
  if (world.is_collection(call.object())) {
    const TestCollection& collection = collection_of(world, call);
    return {collection.database->client->client, collection.database->name, collection.context};
  }
  const TestDatabase& database = world.database(call.object());
  return {database.client->client, database.name, OperationContext()};
}

awaitable<bson::Document> commanded(ClientPtr client, bson::Document command, OperationContext context) {
  const bson::Document reply = co_await mongodb::run_command(std::move(client), std::move(command), std::move(context));
  const Value whole(reply);
  co_return result_of(whole.view());
}

bson::Document in_database(const bson::Document& command, const std::string& database) {
  bson::Builder out;
  for (const auto& field : command.view()) out.append(field.name, field.value);
  return out.append_string("$db", database).finish();
}

awaitable<bson::Document> run_command(World* world, Call call) {
  Place place = place_of(*world, call);
  call.find("commandName");
  const bson::Document command = in_database(call.document("command"), place.database);
  OperationContext context = world->context(call, place.context);
  call.done();
  return commanded(std::move(place.client), command, std::move(context));
}

// {create: name, ...the arguments as they are}
awaitable<bson::Document> create_collection(World* world, Call call) {
  Place place = place_of(*world, call);
  OperationContext context = world->context(call, place.context);
  bson::Builder command;
  command.append_string("create", call.text("collection"));
  for (const auto& [name, value] : call.operation().at("arguments").items())
    if (name != "collection" && name != "session") command.append(name, value_from_json(value).view());
  command.append_string("$db", place.database);
  return commanded(std::move(place.client), command.finish(), std::move(context));
}

awaitable<bson::Document> modify_collection(World* world, Call call) {
  Place place = place_of(*world, call);
  bson::Builder command;
  command.append_string("collMod", call.text("collection"));
  command.append("validator", call.document("validator").view()).append_string("$db", place.database);
  call.done();
  return commanded(std::move(place.client), command.finish(), std::move(place.context));
}

awaitable<bson::Document> nothing_after(awaitable<void> task) {
  co_await std::move(task);
  co_return no_result();
}

awaitable<bson::Document> drop_collection(World* world, Call call) {
  Place place = place_of(*world, call);
  std::string name = world->is_collection(call.object()) ? world->collection(call.object()).name : call.text("collection");
  OperationContext context = world->context(call, place.context);
  call.done();
  return nothing_after(mongodb::drop_collection(std::move(place.client), std::move(name), std::move(context)));
}

awaitable<bson::Document> create_index(World* world, Call call) {
  const TestCollection& collection = collection_of(*world, call);
  CreateIndexOperation operation;
  operation.collection = collection.name;
  operation.keys = call.document("keys");
  operation.name = call.text("name");
  operation.unique = call.flag("unique");
  operation.context = world->context(call, collection.context);
  call.done();
  return nothing_after(mongodb::create_index(collection.database->client->client, std::move(operation)));
}

awaitable<bson::Document> drop_index(World* world, Call call) {
  const TestCollection& collection = collection_of(*world, call);
  OperationContext context = world->context(call, collection.context);
  bson::Builder command;
  command.append_string("dropIndexes", collection.name);
  command.append_string("index", call.has("name") ? call.text("name") : "*");
  call.done();
  return commanded(collection.database->client->client, command.finish(), std::move(context));
}

awaitable<bson::Document> list_collections(World* world, Call call) {
  Place place = place_of(*world, call);
  if (!call.document("filter").empty()) throw Skip{"the seam has no place for a filter of collections"};
  OperationContext context = world->context(call, place.context);
  call.done();
  const ClientPtr client = place.client;
  const std::vector<CollectionListing> all = co_await mongodb::list_collections(client, std::move(context));
  bson::Builder out;
  out.begin_array("r");
  for (const CollectionListing& one : all)
    call.name() == "listCollections" ? out.begin_document("").append_string("name", one.name).end()
                                     : out.append_string("", one.name);
  co_return out.end().finish();
}

awaitable<bson::Document> list_indexes(World* world, Call call) {
  const TestCollection& collection = collection_of(*world, call);
  OperationContext context = world->context(call, collection.context);
  call.done();
  const ClientPtr client = collection.database->client->client;
  const std::string name = collection.name;
  const std::vector<IndexListing> all = co_await mongodb::list_indexes(client, name, std::move(context));
  bson::Builder out;
  out.begin_array("r");
  for (const IndexListing& one : all)
    call.name() == "listIndexes"
        ? out.begin_document("").append_string("name", one.name).append("key", one.keys.view()).end()
        : out.append_string("", one.name);
  co_return out.end().finish();
}

}  // namespace

Handler administration_operation(const std::string& name) {
  if (name == "runCommand") return run_command;
  if (name == "createCollection") return create_collection;
  if (name == "modifyCollection") return modify_collection;
  if (name == "dropCollection" || name == "drop") return drop_collection;
  if (name == "createIndex") return create_index;
  if (name == "listCollections" || name == "listCollectionNames") return list_collections;
  if (name == "listIndexes" || name == "listIndexNames") return list_indexes;
  if (name == "dropIndex" || name == "dropIndexes") return drop_index;
  return nullptr;
}

}  // namespace kinship::spec
