// Changing documents of a raw collection: each call is one write with one item, or with many.
// A failed item becomes an exception with the store's code in it.
#include <utility>

#include <kinship/collection.hpp>
#include <kinship/error.hpp>
#include "collection_fields.hpp"
#include "collection_json.hpp"
#include "driver/write_failure.hpp"

namespace kinship {

namespace {

void check(const WriteReply& reply, const std::string& collection, const char* name) {
  ErrorContext context;
  context.operation = name;
  detail::throw_if_failed(reply, collection, std::move(context));
}

awaitable<WriteReply> run_write(std::shared_ptr<Driver> driver, WriteOperation operation, const char* name) {
  const std::string collection = operation.collection;
  WriteReply reply = co_await driver->write(std::move(operation));
  check(reply, collection, name);
  co_return reply;
}

awaitable<Value> run_insert_one(std::shared_ptr<Driver> driver, WriteOperation operation, Value id) {
  co_await run_write(std::move(driver), std::move(operation), "insert_one");
  co_return id;
}

awaitable<std::vector<Value>> run_insert_many(std::shared_ptr<Driver> driver, WriteOperation operation,
                                              std::vector<Value> ids) {
  co_await run_write(std::move(driver), std::move(operation), "insert_many");
  co_return ids;
}

awaitable<UpdateResult> run_update(std::shared_ptr<Driver> driver, WriteOperation operation) {
  const WriteReply reply = co_await run_write(std::move(driver), std::move(operation), "update");
  UpdateResult result;
  result.matched = reply.matched;
  result.modified = reply.modified;
  if (!reply.upserted.empty()) result.upserted_id = Value(reply.upserted.front().second["_id"]);
  co_return result;
}

awaitable<std::uint64_t> run_remove(std::shared_ptr<Driver> driver, WriteOperation operation) {
  const WriteReply reply = co_await run_write(std::move(driver), std::move(operation), "delete");
  co_return reply.deleted;
}

awaitable<BulkResult> run_bulk(std::shared_ptr<Driver> driver, WriteOperation operation) {
  const WriteReply reply = co_await run_write(std::move(driver), std::move(operation), "bulk_write");
  BulkResult result(reply);
  co_return result;
}

awaitable<std::optional<json>> run_find_and_modify(std::shared_ptr<Driver> driver, FindAndModifyOperation operation) {
  const FindAndModifyReply reply = co_await driver->find_and_modify(std::move(operation));
  std::optional<json> row;
  if (!reply.document.documents.empty()) row = to_extended_json(reply.document.documents.front());
  co_return row;
}

// The document with an `_id`, in front if it had to be made.
bson::Document with_id(bson::Document document, Value& id) {
  if (const bson::ValueView given = document["_id"]; !given.missing()) {
    id = Value(given);
    return document;
  }
  id = Value(ObjectId::make());
  bson::Builder out;
  out.append("_id", id.view());
  for (const auto& field : document.view()) out.append(field.name, field.value);
  return out.finish();
}

WriteItem update_item(WriteKind kind, const json& filter, const json& update) {
  WriteItem item;
  item.kind = kind;
  item.filter = detail::json_document(filter, "filter");
  item.document = detail::json_change(update, kind, item.pipeline);
  return item;
}

const json& part(const json& arguments, const char* name, std::size_t index) {
  const auto found = arguments.find(name);
  if (found != arguments.end()) return *found;
  throw error(errc::invalid_query,
              "bulk_write item " + std::to_string(index) + " has no '" + name + "'; add it to its arguments");
}

WriteItem bulk_item(const json& operation, std::size_t index) {
  constexpr std::pair<const char*, WriteKind> kinds[] = {
      {"insertOne", WriteKind::insert},       {"updateOne", WriteKind::update_one}, {"updateMany", WriteKind::update_many},
      {"replaceOne", WriteKind::replace_one}, {"deleteOne", WriteKind::delete_one}, {"deleteMany", WriteKind::delete_many}};
  for (const auto& [name, kind] : kinds) {
    if (!operation.is_object() || operation.size() != 1 || operation.begin().key() != name) continue;
    const json& arguments = operation.begin().value();
    WriteItem item;
    item.kind = kind;
    if (kind == WriteKind::insert) {
      Value id;
      item.document = with_id(detail::json_document(part(arguments, "document", index), "document"), id);
      return item;
    }
    item.filter = detail::json_document(part(arguments, "filter", index), "filter");
    for (const char* const more : {"hint", "collation", "sort"})
      if (arguments.contains(more)) item.more = detail::with_field(item.more, more, arguments[more]);
    if (kind == WriteKind::delete_one || kind == WriteKind::delete_many) return item;
    const char* const change = kind == WriteKind::replace_one ? "replacement" : "update";
    item.document = detail::json_change(part(arguments, change, index), kind, item.pipeline);
    item.upsert = arguments.value("upsert", false);
    if (arguments.contains("arrayFilters"))
      item.array_filters = detail::json_array(arguments["arrayFilters"], "arrayFilters");
    return item;
  }
  throw error(errc::invalid_query, "bulk_write item " + std::to_string(index) +
                                       " must be an object with one of insertOne, updateOne, updateMany, replaceOne, "
                                       "deleteOne, deleteMany");
}

}  // namespace

BulkResult::BulkResult(const WriteReply& reply)
    : inserted(reply.inserted),
      matched(reply.matched),
      modified(reply.modified),
      deleted(reply.deleted),
      upserted(reply.upserted.size()) {}

UpdateOptions& UpdateOptions::array_filters(const json& filters) {
  array_filters_ = detail::json_array(filters, "array filters");
  return *this;
}

UpdateOptions& UpdateOptions::option(std::string_view name, const json& value) {
  more_ = detail::with_field(more_, name, value);
  return *this;
}

FindAndUpdateOptions& FindAndUpdateOptions::option(std::string_view name, const json& value) {
  detail::set_field(extras_, name, value);
  return *this;
}
FindAndUpdateOptions& FindAndUpdateOptions::sort(const json& keys) {
  sort_ = detail::json_document(keys, "sort");
  return *this;
}
FindAndUpdateOptions& FindAndUpdateOptions::projection(const json& fields) {
  projection_ = detail::json_document(fields, "projection");
  return *this;
}
FindAndUpdateOptions& FindAndUpdateOptions::array_filters(const json& filters) {
  array_filters_ = detail::json_array(filters, "array filters");
  return *this;
}

awaitable<Value> Collection::insert_one(const json& document) const {
  WriteOperation operation;
  Value id;
  WriteItem item;
  item.kind = WriteKind::insert;
  item.document = with_id(detail::json_document(document, "document"), id);
  operation.collection = name_;
  operation.items.push_back(std::move(item));
  operation.context = context();
  return run_insert_one(driver_, std::move(operation), std::move(id));
}

awaitable<std::vector<Value>> Collection::insert_many(const json& documents, bool ordered) const {
  if (!documents.is_array())
    throw error(errc::invalid_query, "insert_many takes a JSON array of documents; insert_one takes one");
  WriteOperation operation;
  std::vector<Value> ids(documents.size());
  operation.collection = name_;
  operation.ordered = ordered;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    WriteItem item;
    item.kind = WriteKind::insert;
    item.document = with_id(detail::json_document(documents[i], "document"), ids[i]);
    operation.items.push_back(std::move(item));
  }
  operation.context = context();
  return run_insert_many(driver_, std::move(operation), std::move(ids));
}

awaitable<UpdateResult> Collection::update(WriteItem item) const {
  WriteOperation operation;
  operation.collection = name_;
  operation.items.push_back(std::move(item));
  operation.context = context();
  return run_update(driver_, std::move(operation));
}

awaitable<UpdateResult> Collection::update(WriteItem item, UpdateOptions options) const {
  item.array_filters = std::move(options.array_filters_);
  item.more = std::move(options.more_);
  item.upsert = options.upsert_;
  return update(std::move(item));
}

awaitable<UpdateResult> Collection::update_one(const json& filter, const json& change) const {
  return update(update_item(WriteKind::update_one, filter, change));
}
awaitable<UpdateResult> Collection::update_one(const json& filter, const json& change, UpdateOptions options) const {
  return update(update_item(WriteKind::update_one, filter, change), std::move(options));
}
awaitable<UpdateResult> Collection::update_many(const json& filter, const json& change) const {
  return update(update_item(WriteKind::update_many, filter, change));
}
awaitable<UpdateResult> Collection::update_many(const json& filter, const json& change, UpdateOptions options) const {
  return update(update_item(WriteKind::update_many, filter, change), std::move(options));
}
awaitable<UpdateResult> Collection::upsert_one(const json& filter, const json& change) const {
  WriteItem item = update_item(WriteKind::update_one, filter, change);
  item.upsert = true;
  return update(std::move(item));
}
awaitable<UpdateResult> Collection::replace_one(const json& filter, const json& document, bool upsert) const {
  WriteItem item = update_item(WriteKind::replace_one, filter, document);
  item.upsert = upsert;
  return update(std::move(item));
}

awaitable<std::optional<json>> Collection::find_one_and_update(const json& filter, const json& change) const {
  return find_one_and_update(filter, change, FindAndUpdateOptions());
}
awaitable<std::optional<json>> Collection::find_one_and_update(const json& filter, const json& change,
                                                               FindAndUpdateOptions options) const {
  FindAndModifyOperation operation;
  operation.collection = name_;
  operation.filter = detail::json_document(filter, "filter");
  operation.document = detail::json_change(change, WriteKind::update_one, operation.pipeline);
  operation.sort = std::move(options.sort_);
  operation.projection = std::move(options.projection_);
  operation.array_filters = std::move(options.array_filters_);
  operation.upsert = options.upsert_;
  operation.return_new = options.return_new_;
  operation.context = context();
  if (options.extras_) operation.context.extras = std::move(options.extras_);
  return run_find_and_modify(driver_, std::move(operation));
}

awaitable<std::uint64_t> Collection::remove(WriteItem item) const {
  WriteOperation operation;
  operation.collection = name_;
  operation.items.push_back(std::move(item));
  operation.context = context();
  return run_remove(driver_, std::move(operation));
}
awaitable<std::uint64_t> Collection::delete_one(const json& filter) const {
  WriteItem item;
  item.kind = WriteKind::delete_one;
  item.filter = detail::json_document(filter, "filter");
  return remove(std::move(item));
}
awaitable<std::uint64_t> Collection::delete_many(const json& filter) const {
  WriteItem item;
  item.kind = WriteKind::delete_many;
  item.filter = detail::json_document(filter, "filter");
  return remove(std::move(item));
}

awaitable<BulkResult> Collection::bulk_write(const json& operations, bool ordered) const {
  if (!operations.is_array()) throw error(errc::invalid_query, "bulk_write takes a JSON array of operations");
  WriteOperation operation;
  operation.collection = name_;
  operation.ordered = ordered;
  for (std::size_t i = 0; i < operations.size(); ++i) operation.items.push_back(bulk_item(operations[i], i));
  operation.context = context();
  return run_bulk(driver_, std::move(operation));
}

}  // namespace kinship
