// listCollections and listIndexes: cursors like any other, read to their end.
// What an index has beside keys, unique and sparse is kept as the server said it, so that it can be made again.
#include <kinship/error.hpp>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/operations.hpp"

namespace kinship::mongodb {
namespace {

constexpr int namespace_not_found = 26;

bool is_true(bson::ValueView value) {
  if (value.is(bson::Type::boolean)) return value.as_bool();
  return read_integer(value).value_or(0) != 0;  // old servers have numbers here
}

IndexListing read_index(bson::DocumentView index) {
  IndexListing out;
  bson::Builder options;
  for (const auto& [name, value] : index) {
    if (name == "name")
      out.name = read_text(value);
    else if (name == "key")
      out.keys = bson::Document(read_document(value));
    else if (name == "unique")
      out.unique = is_true(value);
    else if (name == "sparse")
      out.sparse = is_true(value);
    else if (name != "v" && name != "ns" && name != "background")  // of the server's making, or of no effect
      options.append(name, value);
  }
  if (out.name == "_id_") out.unique = false;  // some servers say so, MongoDB does not
  out.options = options.finish();
  return out;
}

Command listing_command(const char* name, std::string collection, bson::Document body, OperationContext context) {
  Command command = new_command(name, std::move(collection), std::move(context));
  command.body = std::move(body);
  command.retry = Retry::as_read;
  return command;
}

awaitable<std::vector<CollectionListing>> collections_of(ClientPtr client, Command command) {
  const FindReply reply = co_await open_cursor(std::move(client), std::make_unique<Command>(std::move(command)), 0);
  std::vector<CollectionListing> out;
  for (const bson::DocumentView document : reply.first.documents) {
    CollectionListing listing;
    listing.name = read_text(document["name"]);
    listing.type = read_text(document["type"]);
    if (listing.type.empty()) listing.type = "collection";
    if (!listing.name.starts_with("system.")) out.push_back(std::move(listing));
  }
  co_return out;
}

awaitable<std::vector<bson::Document>> databases_of(ClientPtr client, Command command) {
  const Answer answer = co_await Client::run(std::move(client), std::move(command));
  std::vector<bson::Document> out;
  for (const auto& element : read_document(answer.body()["databases"])) out.emplace_back(read_document(element.value));
  co_return out;
}

awaitable<std::vector<IndexListing>> indexes_of(ClientPtr client, Command command) {
  std::vector<IndexListing> out;
  try {
    const FindReply reply = co_await open_cursor(std::move(client), std::make_unique<Command>(std::move(command)), 0);
    for (const bson::DocumentView document : reply.first.documents) out.push_back(read_index(document));
  } catch (const error& e) {
    if (e.store_code() != namespace_not_found) throw;
  }
  co_return out;
}

}  // namespace

awaitable<std::vector<CollectionListing>> list_collections(ClientPtr client, OperationContext context) {
  bson::Builder body;
  body.append_int32("listCollections", 1).append_bool("nameOnly", true).begin_document("cursor").end();
  append_comment(body, context);
  return collections_of(std::move(client), listing_command("listCollections", "", body.finish(), std::move(context)));
}

awaitable<std::vector<bson::Document>> list_databases(ClientPtr client, bool name_only, OperationContext context) {
  bson::Builder body;
  body.append_int32("listDatabases", 1);
  if (name_only) body.append_bool("nameOnly", true);
  append_comment(body, context);
  Command command = listing_command("listDatabases", "", body.finish(), std::move(context));
  command.database = "admin";
  return databases_of(std::move(client), std::move(command));
}

awaitable<std::vector<IndexListing>> list_indexes(ClientPtr client, std::string collection, OperationContext context) {
  bson::Builder body;
  body.append_string("listIndexes", collection).begin_document("cursor").end();
  append_comment(body, context);
  bson::Document command = body.finish();
  return indexes_of(std::move(client),
                    listing_command("listIndexes", std::move(collection), std::move(command), std::move(context)));
}

}  // namespace kinship::mongodb
