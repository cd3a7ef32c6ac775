// Reading and keeping house in a raw collection; collection_write.cpp changes documents.
// JSON becomes BSON before a coroutine begins, so nothing of the caller's is referred to later.
#include <kinship/collection.hpp>

#include <algorithm>
#include <utility>

#include "collection_fields.hpp"
#include "collection_json.hpp"

namespace kinship {

namespace {

awaitable<std::vector<json>> run_distinct(std::shared_ptr<Driver> driver, DistinctOperation operation) {
  const Batch batch = co_await driver->distinct(std::move(operation));
  std::vector<json> values;
  if (!batch.documents.empty())
    for (const auto& element : batch.documents.front()["values"].as_document())
      values.push_back(to_extended_json(element.value));
  co_return values;
}

awaitable<std::vector<json>> run_aggregate(std::shared_ptr<Driver> driver, AggregateOperation operation) {
  FindReply reply = co_await driver->aggregate(std::move(operation));
  std::vector<json> rows = co_await detail::read_all(std::move(reply));
  co_return rows;
}

awaitable<void> run_create_index(std::shared_ptr<Driver> driver, CreateIndexOperation operation) {
  co_await driver->create_index(std::move(operation));
}

awaitable<void> run_drop(std::shared_ptr<Driver> driver, std::string name, OperationContext context) {
  co_await driver->drop_collection(std::move(name), std::move(context));
}

}  // namespace

Collection::Collection(std::shared_ptr<Driver> driver, std::string name, OperationContext context,
                       std::chrono::milliseconds timeout)
    : driver_(std::move(driver)), name_(std::move(name)), context_(std::move(context)), timeout_(timeout) {}

OperationContext Collection::context() const {
  OperationContext context = context_;
  if (timeout_.count() > 0) context.deadline = std::min(context.deadline, std::chrono::steady_clock::now() + timeout_);
  return context;
}

CollectionQuery Collection::find() const { return find(json::object()); }
CollectionQuery Collection::find(const json& filter) const {
  FindOperation operation;
  operation.collection = name_;
  operation.filter = detail::json_document(filter, "filter");
  operation.context = context_;
  return CollectionQuery(driver_, std::move(operation), timeout_);
}

awaitable<std::uint64_t> Collection::count() const { return find().count(); }
awaitable<std::uint64_t> Collection::count(const json& filter) const { return find(filter).count(); }

awaitable<std::vector<json>> Collection::distinct(std::string field) const {
  return distinct(std::move(field), json::object());
}
awaitable<std::vector<json>> Collection::distinct(std::string field, const json& filter) const {
  DistinctOperation operation;
  operation.collection = name_;
  operation.field = std::move(field);
  operation.filter = detail::json_document(filter, "filter");
  operation.context = context();
  return run_distinct(driver_, std::move(operation));
}

awaitable<void> Collection::create_index(const json& keys, bool unique, bool sparse) const {
  CreateIndexOperation operation;
  operation.collection = name_;
  operation.keys = detail::json_document(keys, "index keys");
  operation.unique = unique;
  operation.sparse = sparse;
  operation.context = context();
  return run_create_index(driver_, std::move(operation));
}

awaitable<void> Collection::drop() const { return run_drop(driver_, name_, context()); }

AggregateOptions& AggregateOptions::option(std::string_view name, const json& value) {
  detail::set_field(extras_, name, value);
  return *this;
}

awaitable<std::vector<json>> Collection::aggregate(const json& pipeline) const {
  return aggregate(pipeline, AggregateOptions());
}
awaitable<std::vector<json>> Collection::aggregate(const json& pipeline, AggregateOptions options) const {
  AggregateOperation operation;
  operation.collection = name_;
  operation.pipeline = detail::json_array(pipeline, "pipeline");
  operation.context = context();
  if (options.extras_) operation.context.extras = std::move(options.extras_);
  return run_aggregate(driver_, std::move(operation));
}

}  // namespace kinship
