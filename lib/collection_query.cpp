// Queries on a raw collection: copies of a find that are changed one setting at a time, then sent.
// The members are plain functions that copy what they need; static coroutines do the waiting.
#include <algorithm>
#include <utility>

#include <kinship/collection.hpp>
#include "collection_fields.hpp"
#include "collection_json.hpp"
#include "engine/cancelled.hpp"

namespace kinship {

namespace {

// Whatever the caller's deadline is, this call's time begins now.
FindOperation begun(FindOperation operation, std::chrono::milliseconds timeout) {
  if (timeout.count() > 0)
    operation.context.deadline = std::min(operation.context.deadline, std::chrono::steady_clock::now() + timeout);
  return operation;
}

awaitable<std::vector<json>> run_all(std::shared_ptr<Driver> driver, FindOperation operation) {
  FindReply reply = co_await driver->find(std::move(operation));
  std::vector<json> rows = co_await detail::read_all(std::move(reply));
  co_return rows;
}

awaitable<std::optional<json>> run_first(std::shared_ptr<Driver> driver, FindOperation operation) {
  const FindReply reply = co_await driver->find(std::move(operation));
  std::optional<json> row;
  if (!reply.first.documents.empty()) row = to_extended_json(reply.first.documents.front());
  co_return row;
}

awaitable<std::uint64_t> run_count(std::shared_ptr<Driver> driver, CountOperation operation) {
  const std::uint64_t count = co_await driver->count(std::move(operation));
  co_return count;
}

awaitable<bool> run_exists(std::shared_ptr<Driver> driver, CountOperation operation) {
  const std::uint64_t count = co_await driver->count(std::move(operation));
  co_return count > 0;
}

CountOperation count_of(const FindOperation& find) {
  CountOperation operation;
  operation.collection = find.collection;
  operation.filter = find.filter;
  operation.skip = find.skip;
  operation.limit = find.limit;
  operation.context = find.context;
  return operation;
}

}  // namespace

CollectionQuery CollectionQuery::sort(const json& keys) const {
  CollectionQuery query = *this;
  query.operation_.sort = detail::json_document(keys, "sort");
  return query;
}
CollectionQuery CollectionQuery::skip(std::uint64_t count) const {
  CollectionQuery query = *this;
  query.operation_.skip = count;
  return query;
}
CollectionQuery CollectionQuery::limit(std::uint64_t count) const {
  CollectionQuery query = *this;
  query.operation_.limit = count;
  return query;
}
CollectionQuery CollectionQuery::projection(const json& fields) const {
  CollectionQuery query = *this;
  query.operation_.projection = detail::json_document(fields, "projection");
  return query;
}
CollectionQuery CollectionQuery::hint(std::string index) const {
  CollectionQuery query = *this;
  query.operation_.context.hint = std::move(index);
  return query;
}

CollectionQuery CollectionQuery::option(std::string_view name, const json& value) const {
  CollectionQuery query = *this;
  detail::set_field(query.operation_.context.extras, name, value);
  return query;
}

awaitable<std::vector<json>> CollectionQuery::all() const {
  return detail::in_words(run_all(driver_, begun(operation_, timeout_)));
}
awaitable<std::optional<json>> CollectionQuery::first() const {
  FindOperation operation = begun(operation_, timeout_);
  operation.limit = 1;
  return run_first(driver_, std::move(operation));
}
awaitable<std::uint64_t> CollectionQuery::count() const { return run_count(driver_, count_of(begun(operation_, timeout_))); }
awaitable<bool> CollectionQuery::exists() const {
  CountOperation operation = count_of(begun(operation_, timeout_));
  operation.limit = 1;
  return run_exists(driver_, std::move(operation));
}

}  // namespace kinship
