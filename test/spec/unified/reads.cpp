// Operations that read collections.
// Databases have one, aggregate. countDocuments is the aggregation the specification prescribes; the seam's own count is the
// command.
#include "spec/report.hpp"
#include "spec/unified/extras.hpp"
#include "spec/unified/operations.hpp"

namespace kinship::spec {
namespace {

FindOperation find_of(World& world, Call& call) {
  const TestCollection& collection = collection_of(world, call);
  FindOperation operation;
  operation.collection = collection.name;
  operation.filter = call.document("filter");
  operation.sort = call.document("sort");
  operation.projection = call.document("projection");
  operation.skip = call.number("skip");
  operation.limit = call.number("limit");
  operation.batch_size = seam_batch_size(call);
  operation.context = world.context(call, collection.context);
  call.done();
  return operation;
}

awaitable<bson::Document> find(World* world, Call call) {
  const ClientPtr client = collection_of(*world, call).database->client->client;
  FindOperation operation = find_of(*world, call);
  FindReply reply = co_await mongodb::find(client, operation);
  bson::Document all = co_await documents_of(std::move(reply));
  co_return all;
}

awaitable<bson::Document> find_one(World* world, Call call) {
  const ClientPtr client = collection_of(*world, call).database->client->client;
  FindOperation operation = find_of(*world, call);
  operation.limit = 1;
  const FindReply reply = co_await mongodb::find(client, operation);
  if (reply.first.documents.empty()) co_return result_of(Value().view());
  const Value document(reply.first.documents[0]);
  co_return result_of(document.view());
}

awaitable<bson::Document> create_find_cursor(World* world, Call call) {
  const ClientPtr client = collection_of(*world, call).database->client->client;
  const std::string id = call.operation().at("saveResultAsEntity").get<std::string>();
  FindOperation operation = find_of(*world, call);
  TestCursor cursor;
  cursor.endless = is_endless(call);
  cursor.reply = co_await mongodb::find(client, operation);
  world->keep(id, std::move(cursor));
  co_return no_result();
}

awaitable<bson::Document> aggregate(World* world, Call call) {
  const Place place = place_of(*world, call);
  const ClientPtr client = place.client;
  AggregateOperation operation;
  operation.collection = place.collection;
  operation.pipeline = call.array("pipeline");
  operation.batch_size = seam_batch_size(call);
  operation.context = world->context(call, place.context);
  call.done();
  FindReply reply = co_await mongodb::aggregate(client, std::move(operation));
  bson::Document all = co_await documents_of(std::move(reply));
  co_return all;
}

// On a collection, a database, or the whole deployment.
awaitable<bson::Document> create_change_stream(World* world, Call call) {
  Place place;
  if (world->is_client(call.object()))
    place.client = world->client(call.object()).client;
  else
    place = place_of(*world, call);
  const std::string id = call.operation().value("saveResultAsEntity", "");
  bson::Builder pipeline;
  pipeline.begin_array("p").begin_document("").begin_document("$changeStream");
  if (world->is_client(call.object())) pipeline.append_bool("allChangesForCluster", true);
  for (const char* name : {"fullDocument", "fullDocumentBeforeChange", "resumeAfter", "startAfter", "startAtOperationTime",
                           "showExpandedEvents"})
    if (const Json* value = call.find(name)) pipeline.append(name, value_from_json(*value).view());
  pipeline.end().end();
  const bson::Document stages = call.array("pipeline");
  for (const auto& stage : stages.view()) pipeline.append("", stage.value);
  const bson::Document built = pipeline.end().finish();
  AggregateOperation operation;
  operation.collection = place.collection;
  operation.pipeline = bson::Document(built["p"].as_document());
  operation.batch_size = seam_batch_size(call);
  operation.context = world->context(call, place.context);
  call.done();
  const ClientPtr client = place.client;
  TestCursor cursor;
  cursor.endless = true;
  cursor.reply = co_await mongodb::aggregate(client, std::move(operation));
  if (!id.empty()) world->keep(id, std::move(cursor));
  co_return no_result();
}

CountOperation count_of(World& world, Call& call) {
  const TestCollection& collection = collection_of(world, call);
  CountOperation operation;
  operation.collection = collection.name;
  operation.filter = call.document("filter");
  operation.skip = call.number("skip");
  operation.limit = call.number("limit");
  operation.context = world.context(call, collection.context);
  call.done();
  return operation;
}

awaitable<bson::Document> count(World* world, Call call) {
  const ClientPtr client = collection_of(*world, call).database->client->client;
  CountOperation operation = count_of(*world, call);
  const std::uint64_t number = co_await mongodb::count(client, std::move(operation));
  co_return result_of_number(number);
}

void append_stage(bson::Builder& pipeline, const char* name, std::uint64_t number) {
  if (number != 0) pipeline.begin_document("").append_int64(name, static_cast<std::int64_t>(number)).end();
}

awaitable<bson::Document> count_documents(World* world, Call call) {
  if (call.has("session")) co_return co_await count(world, std::move(call));  // in a transaction that is an aggregation
  const ClientPtr client = collection_of(*world, call).database->client->client;
  CountOperation count = count_of(*world, call);
  bson::Builder pipeline;
  pipeline.begin_array("p").begin_document("").append("$match", count.filter.view()).end();
  append_stage(pipeline, "$skip", count.skip);
  append_stage(pipeline, "$limit", count.limit);
  pipeline.begin_document("").begin_document("$group").append_int32("_id", 1);
  pipeline.begin_document("n").append_int32("$sum", 1).end().end().end().end();
  const bson::Document built = pipeline.finish();
  AggregateOperation operation;
  operation.collection = std::move(count.collection);
  operation.pipeline = bson::Document(built["p"].as_document());
  operation.context = std::move(count.context);
  const FindReply reply = co_await mongodb::aggregate(client, std::move(operation));
  if (reply.first.documents.empty()) co_return result_of_number(0);
  co_return result_of(reply.first.documents[0]["n"]);
}

awaitable<bson::Document> distinct(World* world, Call call) {
  const TestCollection& collection = collection_of(*world, call);
  const ClientPtr client = collection.database->client->client;
  DistinctOperation operation;
  operation.collection = collection.name;
  operation.field = call.text("fieldName");
  operation.filter = call.document("filter");
  operation.context = world->context(call, collection.context);
  call.done();
  const Batch batch = co_await mongodb::distinct(client, std::move(operation));
  co_return result_of(batch.documents.at(0)["values"]);
}

}  // namespace

awaitable<bson::Document> documents_of(FindReply reply) {
  std::vector<bson::DocumentView> all = reply.first.documents;
  std::vector<std::shared_ptr<const void>> owners;
  while (reply.cursor) {
    Batch batch = co_await reply.cursor->next();
    if (batch.documents.empty()) break;
    all.insert(all.end(), batch.documents.begin(), batch.documents.end());
    owners.push_back(std::move(batch.owner));
  }
  co_return result_of(all);
}

Handler read_operation(const std::string& name) {
  if (name == "find") return find;
  if (name == "findOne") return find_one;
  if (name == "createFindCursor") return create_find_cursor;
  if (name == "aggregate") return aggregate;
  if (name == "count" || name == "estimatedDocumentCount") return count;
  if (name == "countDocuments") return count_documents;
  if (name == "distinct") return distinct;
  if (name == "createChangeStream") return create_change_stream;
  return nullptr;
}

}  // namespace kinship::spec
