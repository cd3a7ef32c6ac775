// Commands: raw ones, and those about databases, collections and indexes.
// What the seam has no call for is the driver's own function, with its retries and concerns.
#include "driver/mongodb/bson_read.hpp"
#include "spec/report.hpp"
#include "spec/unified/extras.hpp"
#include "spec/unified/operations.hpp"

namespace kinship::spec {
namespace {

awaitable<bson::Document> commanded(ClientPtr client, bson::Document command, OperationContext context) {
  const bson::Document reply = co_await mongodb::run_command(std::move(client), std::move(command), std::move(context));
  const Value whole(reply);
  co_return result_of(whole.view());
}

// A raw command has its concerns in itself, as the specification wants it.
struct RawCommand {
  ClientPtr client;
  bson::Document command;
  OperationContext context;
};

RawCommand raw_command(World& world, Call& call) {
  const TestDatabase& database = world.database(call.object());
  call.find("commandName");
  const bson::Document given = call.document("command");
  bson::Builder out;
  for (const auto& field : given.view()) out.append(field.name, field.value);
  out.append_string("$db", database.name);
  return {database.client->client, out.finish(), world.context(call, {})};
}

awaitable<bson::Document> run_command(World* world, Call call) {
  RawCommand raw = raw_command(*world, call);
  call.done();
  return commanded(std::move(raw.client), std::move(raw.command), std::move(raw.context));
}

awaitable<FindReply> opened(World* world, Call* call) {
  RawCommand raw = raw_command(*world, *call);
  const std::size_t batch_size = seam_batch_size(*call);
  call->done();
  return mongodb::run_cursor_command(std::move(raw.client), std::move(raw.command), batch_size, std::move(raw.context));
}

awaitable<bson::Document> run_cursor_command(World* world, Call call) {
  FindReply reply = co_await opened(world, &call);
  bson::Document all = co_await documents_of(std::move(reply));
  co_return all;
}

awaitable<bson::Document> create_command_cursor(World* world, Call call) {
  TestCursor cursor;
  cursor.endless = is_endless(call);
  const std::string id = call.operation().value("saveResultAsEntity", "");
  cursor.reply = co_await opened(world, &call);
  world->keep(id, std::move(cursor));
  co_return no_result();
}

awaitable<bson::Document> nothing_after(awaitable<void> task) {
  co_await std::move(task);
  co_return no_result();
}

// The arguments but those that are no options of the collection's.
bson::Document options_of(Call& call) {
  bson::Builder out;
  for (const auto& [name, value] : call.operation().at("arguments").items())
    if (name != "collection" && name != "session") out.append(name, value_from_json(value).view());
  return out.finish();
}

awaitable<bson::Document> create_collection(World* world, Call call) {
  Place place = place_of(*world, call);
  OperationContext context = place.context;
  if (call.has("session")) context.session = world->session(call.text("session")).session;
  return nothing_after(
      mongodb::create_collection(std::move(place.client), call.text("collection"), options_of(call), std::move(context)));
}

awaitable<bson::Document> modify_collection(World* world, Call call) {
  Place place = place_of(*world, call);
  return nothing_after(mongodb::change_collection(std::move(place.client), call.text("collection"), options_of(call),
                                                  std::move(place.context)));
}

awaitable<bson::Document> drop_collection(World* world, Call call) {
  Place place = place_of(*world, call);
  std::string name = place.collection.empty() ? call.text("collection") : place.collection;
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
  Place place = place_of(*world, call);
  OperationContext context = world->context(call, place.context);
  std::string name = call.has("name") ? call.text("name") : "*";
  call.done();
  return nothing_after(
      mongodb::drop_index(std::move(place.client), std::move(place.collection), std::move(name), std::move(context)));
}

OperationContext listing_context(World& world, Call& call, const OperationContext& of_object) {
  OperationContext context = world.context(call, of_object);
  if (const Json* filter = call.find("filter"); filter != nullptr && !filter->empty()) set_field(context, "filter", *filter);
  seam_batch_size(call);
  call.done();
  return context;
}

// Names, or {name} each.
bson::Document listed(const Call& call, const std::vector<std::string>& names) {
  bson::Builder out;
  out.begin_array("r");
  for (const std::string& name : names)
    call.name().ends_with("Names") ? out.append_string("", name) : out.begin_document("").append_string("name", name).end();
  return out.end().finish();
}

awaitable<bson::Document> list_collections(World* world, Call call) {
  Place place = place_of(*world, call);
  OperationContext context = listing_context(*world, call, place.context);
  const ClientPtr client = place.client;
  const std::vector<CollectionListing> all = co_await mongodb::list_collections(client, std::move(context));
  std::vector<std::string> names;
  for (const CollectionListing& one : all) names.push_back(one.name);
  co_return listed(call, names);
}

awaitable<bson::Document> list_indexes(World* world, Call call) {
  Place place = place_of(*world, call);
  OperationContext context = listing_context(*world, call, place.context);
  const ClientPtr client = place.client;
  const std::string name = place.collection;
  const std::vector<IndexListing> all = co_await mongodb::list_indexes(client, name, std::move(context));
  if (call.name().ends_with("Names")) {
    std::vector<std::string> names;
    for (const IndexListing& one : all) names.push_back(one.name);
    co_return listed(call, names);
  }
  bson::Builder out;
  out.begin_array("r");
  for (const IndexListing& one : all)
    out.begin_document("").append_string("name", one.name).append("key", one.keys.view()).end();
  co_return out.end().finish();
}

awaitable<bson::Document> list_databases(World* world, Call call) {
  const ClientPtr client = world->client(call.object()).client;
  OperationContext context = listing_context(*world, call, {});
  const bool names_only = call.name().ends_with("Names");
  const std::vector<bson::Document> all = co_await mongodb::list_databases(client, names_only, std::move(context));
  std::vector<std::string> names;
  for (const bson::Document& one : all) names.emplace_back(mongodb::read_text(one["name"]));
  co_return listed(call, names);
}

awaitable<bson::Document> drop_database(World* world, Call call) {
  const ClientPtr client = world->client(call.object()).client;
  if (call.text("database") != client->database()) throw Skip{"the seam has one database a client"};
  OperationContext context = world->context(call, {});
  call.done();
  co_await mongodb::drop_database(client, std::move(context));
  co_return no_result();
}

}  // namespace

Handler administration_operation(const std::string& name) {
  if (name == "runCommand") return run_command;
  if (name == "runCursorCommand") return run_cursor_command;
  if (name == "createCommandCursor") return create_command_cursor;
  if (name == "createCollection") return create_collection;
  if (name == "modifyCollection") return modify_collection;
  if (name == "dropCollection" || name == "drop") return drop_collection;
  if (name == "createIndex") return create_index;
  if (name.starts_with("listCollection")) return list_collections;  // also Names and Objects
  if (name == "listIndexes" || name == "listIndexNames") return list_indexes;
  if (name == "dropIndex" || name == "dropIndexes") return drop_index;
  return nullptr;
}

Handler client_operation(const std::string& name) {
  if (name.starts_with("listDatabase")) return list_databases;
  if (name == "dropDatabase") return drop_database;
  return nullptr;
}

}  // namespace kinship::spec
