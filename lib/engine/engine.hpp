// The engine: the one place that co_awaits a driver, on behalf of plans and writes.
// Every call adds options, counts, tells observers, and puts model and relationship into errors.
#pragma once

#include "engine/scope.hpp"

namespace kinship::detail {

/// What an operation is for, for observers and errors.
class Trace {
 public:
  Trace() = default;
  Trace(std::string model, std::string relationship, std::size_t keys = 0)
      : model_(std::move(model)), relationship_(std::move(relationship)), keys_(keys) {}
  const std::string& model() const noexcept { return model_; }
  const std::string& relationship() const noexcept { return relationship_; }
  std::size_t keys() const noexcept { return keys_; }
  std::chrono::milliseconds timeout{0};  // of this call; zero: the handle's

 private:
  std::string model_{};
  std::string relationship_{};
  std::size_t keys_{};
};

awaitable<FindReply> find(ScopePtr scope, FindOperation operation, Trace trace);
/// The whole result in one batch (owners of later batches are kept by the first).
awaitable<std::vector<Batch>> find_all(ScopePtr scope, FindOperation operation, Trace trace);
awaitable<Batch> next_batch(ScopePtr scope, Cursor* cursor, Trace trace);
awaitable<std::uint64_t> count(ScopePtr scope, CountOperation operation, Trace trace);
awaitable<GroupedCountReply> grouped_count(ScopePtr scope, GroupedCountOperation operation, Trace trace);
awaitable<WriteReply> write(ScopePtr scope, WriteOperation operation, Trace trace);
awaitable<FindAndModifyReply> find_and_modify(ScopePtr scope, FindAndModifyOperation operation, Trace trace);
awaitable<Batch> distinct(ScopePtr scope, DistinctOperation operation, Trace trace);
awaitable<FindReply> aggregate(ScopePtr scope, AggregateOperation operation, Trace trace);
awaitable<void> create_index(ScopePtr scope, CreateIndexOperation operation, Trace trace);
awaitable<std::vector<CollectionListing>> list_collections(ScopePtr scope);
awaitable<std::vector<IndexListing>> list_indexes(ScopePtr scope, std::string collection);

/// Tells observers of something that should not be; nothing where there are none.
void warn(const ScopePtr& scope, const Trace& trace, std::string collection, std::string sentence);

/// Throws the first failed item of a reply, if there is one; see driver/write_failure.hpp.
void throw_write_error(const ScopePtr& scope, const WriteReply& reply, const std::string& collection, const Trace& trace);

}  // namespace kinship::detail
