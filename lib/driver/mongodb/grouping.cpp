// Counting: of a filter, also in a transaction, and by key, for many keys in one command.
// Of one key the server has an easier way.
#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/operations.hpp"
#include "driver/mongodb/pipeline.hpp"

namespace kinship::mongodb {
namespace {

AggregateOperation aggregation(std::string collection, bson::Document pipeline, OperationContext context) {
  AggregateOperation operation;
  operation.collection = std::move(collection);
  operation.pipeline = std::move(pipeline);
  operation.context = std::move(context);
  return operation;
}

awaitable<std::uint64_t> counted(ClientPtr client, Command command) {
  const Answer answer = co_await Client::run(std::move(client), std::move(command));
  co_return static_cast<std::uint64_t>(read_integer(answer.body()["n"]).value_or(0));
}

awaitable<std::uint64_t> summed(ClientPtr client, AggregateOperation operation) {
  operation.batch_size = batch_of_server;  // it is one document
  const FindReply reply = co_await aggregate(std::move(client), std::move(operation));
  if (reply.first.documents.empty()) co_return 0;
  co_return static_cast<std::uint64_t>(read_integer(reply.first.documents[0]["n"]).value_or(0));
}

awaitable<GroupedCountReply> grouped(ClientPtr client, AggregateOperation operation) {
  const FindReply found = co_await aggregate(std::move(client), std::move(operation));
  bson::Builder builder;
  builder.begin_array("groups");
  for (const auto group : found.first.documents)
    builder.begin_document("").append("key", group["_id"]).append_int64("count", read_integer(group["n"]).value_or(0)).end();
  auto owner = std::make_shared<bson::Document>(builder.end().finish());
  GroupedCountReply reply;
  for (const auto& group : read_document(owner->view()["groups"]))
    reply.groups.documents.push_back(group.value.as_document());
  reply.groups.owner = std::move(owner);
  co_return reply;
}

awaitable<GroupedCountReply> counted_for_one(ClientPtr client, GroupedCountOperation operation) {
  bson::Builder builder;
  builder.begin_array("groups").begin_document("");
  builder.append("key", keys_in(operation.filter, operation.field).as_document().begin()->value);
  CountOperation of_key;
  of_key.collection = std::move(operation.collection);
  of_key.filter = std::move(operation.filter);
  of_key.context = std::move(operation.context);
  awaitable<std::uint64_t> task = count(std::move(client), std::move(of_key));
  const std::uint64_t found = co_await std::move(task);
  GroupedCountReply reply;
  if (found == 0) co_return reply;
  builder.append_int64("count", static_cast<std::int64_t>(found)).end().end();
  auto owner = std::make_shared<bson::Document>(builder.finish());
  reply.groups.documents.push_back(read_document(owner->view()["groups"]).begin()->value.as_document());
  reply.groups.owner = std::move(owner);
  co_return reply;
}

}  // namespace

awaitable<std::uint64_t> count(ClientPtr client, CountOperation operation) {
  if (!operation.context.session) {
    bson::Builder body;
    body.append_string("count", operation.collection).append("query", operation.filter.view());
    if (operation.skip != 0) body.append_int64("skip", static_cast<std::int64_t>(operation.skip));
    if (operation.limit != 0) body.append_int64("limit", static_cast<std::int64_t>(operation.limit));
    append_common(body, operation.context);
    Command command = new_command("count", std::move(operation.collection), std::move(operation.context));
    command.body = body.finish();
    command.read_concern = true;
    command.retry = Retry::as_read;
    return counted(std::move(client), std::move(command));
  }
  bson::Builder pipeline;
  begin_pipeline(pipeline);
  add_stage(pipeline, "$match", operation.filter.view());
  if (operation.skip != 0) add_number(pipeline, "$skip", operation.skip);
  if (operation.limit != 0) add_number(pipeline, "$limit", operation.limit);
  begin_stage(pipeline, "$group");
  pipeline.append_int32("_id", 1).begin_document("n").append_int32("$sum", 1).end();
  end_stage(pipeline);
  AggregateOperation sum =
      aggregation(std::move(operation.collection), finish_pipeline(pipeline), std::move(operation.context));
  return summed(std::move(client), std::move(sum));
}

// Of an array only the elements that are asked for count, each once a document.
awaitable<GroupedCountReply> grouped_count(ClientPtr client, GroupedCountOperation operation) {
  const bson::ValueView keys = keys_in(operation.filter, operation.field);
  if (is_one(keys)) return counted_for_one(std::move(client), std::move(operation));
  const std::string path = "$" + operation.field;
  bson::Builder pipeline;
  begin_pipeline(pipeline);
  add_stage(pipeline, "$match", operation.filter.view());
  begin_stage(pipeline, "$project");
  pipeline.append_int32("_id", 0);
  append_asked_elements(pipeline, path, keys);
  end_stage(pipeline);
  pipeline.begin_document("").append_string("$unwind", "$k").end();
  begin_stage(pipeline, "$group");
  pipeline.append_string("_id", "$k").begin_document("n").append_int32("$sum", 1).end();
  end_stage(pipeline);
  AggregateOperation groups =
      aggregation(std::move(operation.collection), finish_pipeline(pipeline), std::move(operation.context));
  return grouped(std::move(client), std::move(groups));
}

}  // namespace kinship::mongodb
