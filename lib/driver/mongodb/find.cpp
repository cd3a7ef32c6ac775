// find, and the commands that are like it: aggregate and distinct.
// A first batch is asked for in the size the caller wants, because the server's default of 101 costs round trips.
#include <kinship/driver/extras.hpp>
#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/operations.hpp"
#include "driver/mongodb/pipeline.hpp"

namespace kinship::mongodb {

Command new_command(const char* name, std::string collection, OperationContext context) {
  Command command;
  command.name = name;
  command.collection = std::move(collection);
  command.context = std::move(context);
  return command;
}

bson::DocumentView extra_fields(const OperationContext& context) noexcept {
  return context.extras ? context.extras->fields.view() : bson::DocumentView();
}

void append_common(bson::Builder& body, const OperationContext& context) {
  const bson::DocumentView more = extra_fields(context);
  if (!context.comment.empty() && more["comment"].missing()) body.append_string("comment", context.comment);
  if (!context.hint.empty() && more["hint"].missing()) body.append_string("hint", context.hint);
  if (!context.collation.empty() && more["collation"].missing()) body.append("collation", context.collation.view());
  for (const auto& field : more) body.append(field.name, field.value);
}

void append_comment(bson::Builder& body, const OperationContext& context) {
  const bson::DocumentView more = extra_fields(context);
  if (!context.comment.empty() && more["comment"].missing()) body.append_string("comment", context.comment);
  for (const auto& field : more)
    if (field.name != "hint" && field.name != "collation") body.append(field.name, field.value);
}

// A batch as large as the limit is asked for one larger: else the server keeps
// the cursor open behind it.
static void append_batch_size(bson::Builder& body, const FindOperation& operation) {
  if (operation.batch_size == 0 && operation.limit != 0 && operation.limit <= batch_of_server) return;
  if (operation.batch_size == batches_of_server) return;
  const std::size_t more = operation.batch_size != 0 && operation.batch_size == operation.limit ? 1 : 0;
  body.append_int32("batchSize", wire_batch_size(operation.batch_size + more));
}

static std::unique_ptr<Command> find_command(FindOperation& operation) {
  bson::Builder body;
  body.append_string("find", operation.collection).append("filter", operation.filter.view());
  if (!operation.sort.empty()) body.append("sort", operation.sort.view());
  if (!operation.projection.empty()) body.append("projection", operation.projection.view());
  if (operation.skip != 0) body.append_int64("skip", static_cast<std::int64_t>(operation.skip));
  if (operation.limit != 0) body.append_int64("limit", static_cast<std::int64_t>(operation.limit));
  append_batch_size(body, operation);
  if (operation.limit == 1) body.append_bool("singleBatch", true);
  append_common(body, operation.context);
  auto command = std::make_unique<Command>();
  command->name = "find";
  command->collection = std::move(operation.collection);
  command->context = std::move(operation.context);
  command->body = body.finish();
  command->read_concern = true;
  command->retry = Retry::as_read;
  return command;
}

// Whether the pipeline's last stage writes its result somewhere.
static bool writes(bson::DocumentView pipeline) {
  bool last = false;
  for (const auto& stage : pipeline) {
    const auto name = read_document(stage.value).begin()->name;
    last = !read_document(stage.value).empty() && (name == "$out" || name == "$merge");
  }
  return last;
}

static bson::ValueView change_stage(bson::DocumentView pipeline) {
  return pipeline.empty() ? bson::ValueView() : read_document(pipeline.begin()->value)["$changeStream"];
}
static bson::DocumentView change_options(bson::DocumentView pipeline) { return read_document(change_stage(pipeline)); }

static std::unique_ptr<Command> aggregate_command(std::string collection, bson::DocumentView pipeline,
                                                  std::size_t batch_size, OperationContext context) {
  bson::Builder body;
  if (collection.empty())
    body.append_int32("aggregate", 1);
  else
    body.append_string("aggregate", collection);
  body.append_array("pipeline", pipeline);
  const bool writing = writes(pipeline);
  body.begin_document("cursor");
  if (!writing && batch_size != batch_of_server && batch_size != batches_of_server)
    body.append_int32("batchSize", wire_batch_size(batch_size));
  body.end();
  append_common(body, context);
  auto command = std::make_unique<Command>(new_command("aggregate", std::move(collection), std::move(context)));
  command->body = body.finish();
  if (read_bool(change_options(pipeline)["allChangesForCluster"])) command->database = "admin";
  command->read_concern = true;
  command->writes = command->write_concern = writing;
  command->retry = writing ? Retry::never : Retry::as_read;
  return command;
}

// From MongoDB 5.0 on $lookup takes fields with a pipeline, and secondaries hand a pipeline's result to the primary.
static bool all_since_5_0(const TopologyDescription& topology) {
  for (const ServerDescription& server : topology.servers)
    if (server.data_bearing() && server.max_wire < 13) return false;
  return true;
}

awaitable<FindReply> find(ClientPtr client, FindOperation& operation) {
  if (!operation.per_key) {
    const std::size_t batch_size = operation.batch_size;
    return open_cursor(std::move(client), find_command(operation), batch_size);
  }
  if (operation.skip == 0 && is_one(keys_in(operation.filter, operation.per_key->field))) {
    operation.skip = operation.per_key->skip;
    const std::uint64_t limit = operation.per_key->limit;
    if (operation.limit == 0 || (limit != 0 && limit < operation.limit)) operation.limit = limit;
    const std::size_t batch_size = operation.batch_size;
    return open_cursor(std::move(client), find_command(operation), batch_size, Results::of_one_key);
  }
  const bool by_lookup = all_since_5_0(client->deployment()->view()->topology);
  const bson::Document pipeline = by_lookup ? per_key_pipeline(operation) : grouped_pipeline(operation);
  auto command = aggregate_command(std::move(operation.collection), pipeline.view(), operation.batch_size,
                                   std::move(operation.context));
  return open_cursor(std::move(client), std::move(command), operation.batch_size, Results::keyed);
}

awaitable<FindReply> aggregate(ClientPtr client, AggregateOperation operation) {
  if (operation.context.extras && operation.context.extras->cursor_time == CursorTime::each_batch &&
      writes(operation.pipeline.view()))
    throw error(errc::invalid_query, "A pipeline that writes has no batches: its deadline is that of the whole");
  if (!change_stage(operation.pipeline.view()).missing()) return watch(std::move(client), std::move(operation));
  auto command = aggregate_command(std::move(operation.collection), operation.pipeline.view(), operation.batch_size,
                                   std::move(operation.context));
  command->anywhere = command->writes && all_since_5_0(client->deployment()->view()->topology);
  return open_cursor(std::move(client), std::move(command), operation.batch_size);
}

awaitable<FindReply> open_changes(ClientPtr client, AggregateOperation operation, ChangePlace* place) {
  auto command = aggregate_command(std::move(operation.collection), operation.pipeline.view(), operation.batch_size,
                                   std::move(operation.context));
  return open_cursor(std::move(client), std::move(command), operation.batch_size, Results::documents, place);
}

static awaitable<Batch> distinct_of(ClientPtr client, Command command) {
  const Answer answer = co_await Client::run(std::move(client), std::move(command));
  bson::Builder builder;
  builder.append_array("values", read_document(answer.body()["values"]));
  auto document = std::make_shared<bson::Document>(builder.finish());
  Batch out;
  out.documents.push_back(document->view());
  out.owner = std::move(document);
  co_return out;
}

awaitable<Batch> distinct(ClientPtr client, DistinctOperation operation) {
  bson::Builder body;
  body.append_string("distinct", operation.collection).append_string("key", operation.field);
  body.append("query", operation.filter.view());
  append_common(body, operation.context);
  Command command = new_command("distinct", std::move(operation.collection), std::move(operation.context));
  command.body = body.finish();
  command.read_concern = true;
  command.retry = Retry::as_read;
  return distinct_of(std::move(client), std::move(command));
}

}  // namespace kinship::mongodb
