// Indexes, collections, and commands as they are.
// What is not there already is as good as dropped.
#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/operations.hpp"

namespace kinship::mongodb {
namespace {

constexpr int namespace_not_found = 26;

std::string index_name(bson::DocumentView keys) {
  std::string name;
  for (const auto& key : keys) {
    if (!name.empty()) name += '_';
    name += std::string(key.name) + '_';
    const auto number = read_integer(key.value);
    name += number ? std::to_string(*number) : std::string(read_text(key.value));
  }
  return name;
}

/// A command that changes what there is beside documents; sent once.
Command changing(const char* name, std::string collection, bson::Document body, OperationContext context) {
  Command command = new_command(name, std::move(collection), std::move(context));
  command.body = std::move(body);
  command.writes = command.write_concern = true;
  return command;
}

awaitable<void> done(ClientPtr client, Command command) { co_await Client::run(std::move(client), std::move(command)); }

awaitable<void> dropped(ClientPtr client, Command command) {
  try {
    co_await Client::run(std::move(client), std::move(command));
  } catch (const error& e) {
    if (e.store_code() != namespace_not_found) throw;
  }
}

awaitable<bson::Document> answered(ClientPtr client, Command command) {
  const Answer answer = co_await Client::run(std::move(client), std::move(command));
  co_return bson::Document(answer.body());
}

}  // namespace

awaitable<void> create_index(ClientPtr client, CreateIndexOperation operation) {
  bson::Builder body;
  body.append_string("createIndexes", operation.collection).begin_array("indexes").begin_document("");
  body.append("key", operation.keys.view());
  body.append_string("name", operation.name.empty() ? index_name(operation.keys.view()) : operation.name);
  if (operation.unique) body.append_bool("unique", true);
  if (operation.sparse) body.append_bool("sparse", true);
  for (const auto& option : operation.options.view()) body.append(option.name, option.value);
  if (!operation.context.collation.empty() && operation.options["collation"].missing())
    body.append("collation", operation.context.collation.view());
  body.end().end();
  append_comment(body, operation.context);
  return done(std::move(client),
              changing("createIndexes", std::move(operation.collection), body.finish(), std::move(operation.context)));
}

awaitable<void> drop_collection(ClientPtr client, std::string collection, OperationContext context) {
  bson::Builder body;
  body.append_string("drop", collection);
  append_comment(body, context);
  return dropped(std::move(client), changing("drop", std::move(collection), body.finish(), std::move(context)));
}

awaitable<void> drop_index(ClientPtr client, std::string collection, std::string name, OperationContext context) {
  bson::Builder body;
  body.append_string("dropIndexes", collection).append_string("index", name);
  append_comment(body, context);
  return dropped(std::move(client), changing("dropIndexes", std::move(collection), body.finish(), std::move(context)));
}

awaitable<void> drop_database(ClientPtr client, OperationContext context) {
  bson::Builder body;
  body.append_int32("dropDatabase", 1);
  append_comment(body, context);
  return done(std::move(client), changing("dropDatabase", "", body.finish(), std::move(context)));
}

static Command with_options(const char* name, std::string collection, const bson::Document& options,
                            OperationContext context) {
  bson::Builder body;
  body.append_string(name, collection);
  for (const auto& option : options.view()) body.append(option.name, option.value);
  append_comment(body, context);
  return changing(name, std::move(collection), body.finish(), std::move(context));
}

awaitable<void> create_collection(ClientPtr client, std::string name, bson::Document options, OperationContext context) {
  return done(std::move(client), with_options("create", std::move(name), options, std::move(context)));
}

awaitable<void> change_collection(ClientPtr client, std::string name, bson::Document options, OperationContext context) {
  return done(std::move(client), with_options("collMod", std::move(name), options, std::move(context)));
}

// Nobody knows whether it writes: it goes where writes go, once; unless the caller names readers.
static Command given_command(const bson::Document& document, OperationContext context) {
  if (document.empty())
    throw error(errc::invalid_query, "The command is empty: its first field names it, such as {\"ping\": 1}");
  Command command;
  command.name = document.view().begin()->name;
  command.writes = context.session || context.read_preference == ReadPreference::primary;
  command.context = std::move(context);
  command.time_limit = document["maxTimeMS"].missing();
  bson::Builder body;
  for (const auto& element : document.view()) {
    if (element.name == "$db")
      command.database = read_text(element.value);
    else
      body.append(element.name, element.value);
  }
  command.body = body.finish();
  return command;
}

awaitable<bson::Document> run_command(ClientPtr client, bson::Document command, OperationContext context) {
  return answered(std::move(client), given_command(command, std::move(context)));
}

awaitable<FindReply> run_cursor_command(ClientPtr client, bson::Document command, std::size_t batch_size,
                                        OperationContext context) {
  auto given = std::make_unique<Command>(given_command(command, std::move(context)));
  return open_cursor(std::move(client), std::move(given), batch_size != 0 ? batch_size : batches_of_server);
}

}  // namespace kinship::mongodb
