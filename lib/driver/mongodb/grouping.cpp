// Questions for many keys at once: a limit for each, and counts by key; and counting in a transaction.
// Pipelines are the server's way to answer them in one command.
#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/operations.hpp"

namespace kinship::mongodb {
namespace {

// The filter without its condition on `field`.
bson::Document without(const bson::Document& filter, const std::string& field) {
  bson::Builder out;
  for (const auto& element : filter.view())
    if (element.name != field) out.append(element.name, element.value);
  return out.finish();
}

void begin_stage(bson::Builder& pipeline, const char* name) { pipeline.begin_document("").begin_document(name); }
void end_stage(bson::Builder& pipeline) { pipeline.end().end(); }

void add_stage(bson::Builder& pipeline, const char* name, bson::DocumentView what) {
  pipeline.begin_document("").append(name, what).end();
}
void add_number(bson::Builder& pipeline, const char* name, std::uint64_t number) {
  pipeline.begin_document("").append_int64(name, static_cast<std::int64_t>(number)).end();
}

// A pipeline is built as the one field of a document, and taken out of it.
void begin_pipeline(bson::Builder& out) { out.begin_array("p"); }
bson::Document finish_pipeline(bson::Builder& pipeline) {
  const bson::Document whole = pipeline.end().finish();
  return bson::Document(whole["p"].as_document());
}

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

}  // namespace

bson::ValueView keys_in(const bson::Document& filter, const std::string& field) {
  const bson::ValueView keys = read_document(filter[field])["$in"];
  if (keys.is(bson::Type::array)) return keys;
  throw error(errc::invalid_query, "Asking for each key of '" + field + "' needs {\"" + field +
                                       "\": {\"$in\": [...]}} at the top level of the filter");
}

// One document of the collection is enough to begin with: the keys are unwound out of it, and each looks its own up. An
// empty collection has none, and no results either. Results are {i: the key's place in the `$in`, d: the document}.
bson::Document per_key_pipeline(const FindOperation& operation) {
  const PerKey& per_key = *operation.per_key;
  bson::Builder out;
  begin_pipeline(out);
  add_number(out, "$limit", 1);
  begin_stage(out, "$project");
  out.append_int32("_id", 0).begin_document("k").begin_array("$literal");
  std::int32_t place = 0;
  for (const auto& key : keys_in(operation.filter, per_key.field).as_document())
    out.begin_document("").append_int32("i", place++).append("k", key.value).end();
  out.end().end();
  end_stage(out);
  out.begin_document("").append_string("$unwind", "$k").end();
  begin_stage(out, "$group");  // of equal keys the first counts
  out.append_string("_id", "$k.k").begin_document("i").append_string("$min", "$k.i").end();
  end_stage(out);
  begin_stage(out, "$sort");
  out.append_int32("i", 1);
  end_stage(out);
  begin_stage(out, "$lookup");
  out.append_string("from", operation.collection).append_string("localField", "_id");
  out.append_string("foreignField", per_key.field).append_string("as", "d").begin_array("pipeline");
  const bson::Document rest = without(operation.filter, per_key.field);
  if (!rest.empty()) add_stage(out, "$match", rest.view());
  if (!operation.sort.empty()) add_stage(out, "$sort", operation.sort.view());
  if (per_key.skip != 0) add_number(out, "$skip", per_key.skip);
  if (per_key.limit != 0) add_number(out, "$limit", per_key.limit);
  if (!operation.projection.empty()) add_stage(out, "$project", operation.projection.view());
  out.end();
  end_stage(out);
  out.begin_document("").append_string("$unwind", "$d").end();
  if (operation.skip != 0) add_number(out, "$skip", operation.skip);
  if (operation.limit != 0) add_number(out, "$limit", operation.limit);
  begin_stage(out, "$project");
  out.append_int32("_id", 0).append_int32("i", 1).append_int32("d", 1);
  end_stage(out);
  return finish_pipeline(out);
}

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
  const std::string path = "$" + operation.field;
  bson::Builder pipeline;
  begin_pipeline(pipeline);
  add_stage(pipeline, "$match", operation.filter.view());
  begin_stage(pipeline, "$project");
  pipeline.append_int32("_id", 0).begin_document("k").begin_array("$cond");
  pipeline.begin_document("").append_string("$isArray", path).end();
  pipeline.begin_document("").begin_array("$setIntersection").append_string("", path);
  pipeline.begin_document("").append("$literal", keys).end().end().end();
  pipeline.begin_array("")
      .begin_document("")
      .begin_array("$ifNull")
      .append_string("", path)
      .append_null("")
      .end()
      .end()
      .end();
  pipeline.end().end();
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
