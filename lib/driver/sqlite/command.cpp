// Replies have MongoDB's shape as far as it makes sense here, so that tools read both.
// Other commands are refused with the list of those there are.
#include "command.hpp"

namespace kinship::sqlite {
namespace {

std::int64_t pragma(Connection& connection, const char* name) {
  Statement read = connection.prepare_once(std::string("PRAGMA ") + name);
  return read.step() ? read.integer(0) : 0;
}

std::int64_t count(Connection& connection, const CollectionInfo& collection) {
  Statement read = connection.statement(Sql::count_all, collection.id);
  return read.step() ? read.integer(0) : 0;
}

void db_stats(Connection& connection, bson::Builder& out) {
  std::int64_t objects = 0, indexes = 0;
  for (const auto& [name, collection] : connection.catalog().collections()) {
    objects += count(connection, collection);
    indexes += static_cast<std::int64_t>(collection.indexes.size());
  }
  const std::int64_t page = pragma(connection, "page_size");
  out.append_int64("collections", static_cast<std::int64_t>(connection.catalog().collections().size()));
  out.append_int64("objects", objects).append_int64("indexes", indexes);
  out.append_int64("storageSize", page * pragma(connection, "page_count"));
  out.append_int64("freeStorageSize", page * pragma(connection, "freelist_count"));
}

void coll_stats(Connection& connection, std::string_view name, bson::Builder& out) {
  const CollectionInfo* collection = connection.catalog().find(name);
  out.append_string("ns", name);
  std::int64_t size = 0;
  if (collection != nullptr) {
    Statement read = connection.prepare_once("SELECT total(length(doc)) FROM c" + std::to_string(collection->id));
    if (read.step()) size = read.integer(0);
  }
  out.append_int64("count", collection != nullptr ? count(connection, *collection) : 0).append_int64("size", size);
  out.append_int64("nindexes", collection != nullptr ? static_cast<std::int64_t>(collection->indexes.size()) : 0);
}

void list_collections(Connection& connection, bson::Builder& out) {
  out.begin_document("cursor").append_int64("id", 0).begin_array("firstBatch");
  for (const auto& [name, collection] : connection.catalog().collections())
    out.begin_document("").append_string("name", name).append_string("type", "collection").end();
  out.end().end();
}

void list_indexes(Connection& connection, std::string_view name, bson::Builder& out) {
  const CollectionInfo* collection = connection.catalog().find(name);
  if (collection == nullptr) {
    ErrorContext context;
    context.store_code = 26;
    throw error(errc::not_found, "There is no collection \"" + std::string(name) + "\": it is made by the first insert",
                std::move(context));
  }
  out.begin_document("cursor").append_int64("id", 0).begin_array("firstBatch");
  for (const Index& index : collection->indexes) {
    out.begin_document("").append_int32("v", 2).append("key", index.keys.view()).append_string("name", index.name);
    if (index.spec.unique && index.name != "_id_") out.append_bool("unique", true);
    if (index.spec.sparse) out.append_bool("sparse", true);
    out.end();
  }
  out.end().end();
}

}  // namespace

void CommandJob::run(Connection& connection) {
  const auto first = command_.view().begin();
  const bool empty = first == command_.view().end();
  const std::string name(empty ? std::string_view() : first->name);
  const std::string_view argument =
      !empty && first->value.is(bson::Type::string) ? first->value.as_string() : std::string_view();
  bson::Builder out;
  if (name == "dbStats") {
    db_stats(connection, out);
  } else if (name == "collStats" && !argument.empty()) {
    coll_stats(connection, argument, out);
  } else if (name == "listCollections") {
    list_collections(connection, out);
  } else if (name == "listIndexes" && !argument.empty()) {
    list_indexes(connection, argument, out);
  } else if (name != "ping") {
    throw error(errc::unsupported, "The embedded store has no command \"" + name +
                                       "\": it knows ping, dbStats, collStats, listCollections and listIndexes");
  }
  out.append_double("ok", 1.0);
  reply = out.finish();
}

}  // namespace kinship::sqlite
