// Collection: documents as they are stored, with filters, updates and documents in MongoDB's language as kinship::json.
// The way around models: no mapping, no cascades, no checks of names; types are those of Extended JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kinship/driver/driver.hpp>
#include <kinship/fwd.hpp>
#include <kinship/value/json_fwd.hpp>
#include <kinship/value/value.hpp>

namespace kinship {

/// What an update or a replacement did.
class UpdateResult {
 public:
  UpdateResult() = default;
  UpdateResult(std::uint64_t matched, std::uint64_t modified, std::optional<Value> upserted_id)
      : matched(matched), modified(modified), upserted_id(std::move(upserted_id)) {}

  std::uint64_t matched{};             ///< documents the filter found
  std::uint64_t modified{};            ///< of these, how many are different now
  std::optional<Value> upserted_id{};  ///< of the document that an upsert inserted
};

/// What a bulk write did, all items together.
class BulkResult {
 public:
  BulkResult() = default;
  explicit BulkResult(const WriteReply& reply);

  std::uint64_t inserted{}, matched{}, modified{}, deleted{}, upserted{};
};

/// Settings of an update, as a class with setters because it crosses an awaited expression.
class UpdateOptions {
 public:
  UpdateOptions() = default;
  /// Which elements `$[name]` means: an array of [{"name": ...}].
  UpdateOptions& array_filters(const json& filters);
  /// Inserts what filter and update say if nothing matched.
  UpdateOptions& upsert(bool value = true) { return upsert_ = value, *this; }
  /// A further field of the update, in MongoDB's words: `hint` ({"year": 1}), `collation`, `sort` (of one document, from
  /// MongoDB 8.0 on). The embedded store leaves hints out and refuses the others.
  UpdateOptions& option(std::string_view name, const json& value);

 private:
  friend class Collection;
  bson::Document array_filters_{}, more_{};
  bool upsert_{};
};

/// Settings of `find_one_and_update`, as a class with setters because it crosses an awaited expression.
class FindAndUpdateOptions {
 public:
  FindAndUpdateOptions() = default;
  /// Which of several matches: the first in this order.
  FindAndUpdateOptions& sort(const json& keys);
  FindAndUpdateOptions& projection(const json& fields);
  FindAndUpdateOptions& array_filters(const json& filters);
  /// Inserts if nothing matched.
  FindAndUpdateOptions& upsert(bool value = true) { return upsert_ = value, *this; }
  /// Returns the document as it is afterwards; else as it was.
  FindAndUpdateOptions& return_new(bool value = true) { return return_new_ = value, *this; }
  /// A further field of the command, in MongoDB's words: `hint`, `let`, `comment`, `maxTimeMS`, ...
  FindAndUpdateOptions& option(std::string_view name, const json& value);

 private:
  friend class Collection;
  bson::Document sort_{}, projection_{}, array_filters_{};
  std::shared_ptr<const OperationExtras> extras_{};
  bool upsert_{}, return_new_{};
};

/// Settings of `aggregate`, as a class with setters because it crosses an awaited expression.
class AggregateOptions {
 public:
  AggregateOptions() = default;
  /// A further field of the command, in MongoDB's words: `let`, `hint`, `allowDiskUse`, `comment`, `maxTimeMS`, ...
  AggregateOptions& option(std::string_view name, const json& value);

 private:
  friend class Collection;
  std::shared_ptr<const OperationExtras> extras_{};
};

/// A query on a collection. Its methods return a new query, so it may be kept in a variable and asked again; `all`, `first`,
/// `count` and `exists` issue one query each.
class CollectionQuery {
 public:
  /// {"likes": -1, "title": 1}
  CollectionQuery sort(const json& keys) const;
  CollectionQuery skip(std::uint64_t count) const;
  /// 0: no limit.
  CollectionQuery limit(std::uint64_t count) const;
  /// {"title": 1} or {"body": 0}
  CollectionQuery projection(const json& fields) const;
  /// An index by name.
  CollectionQuery hint(std::string index) const;
  /// A further field of the command, in MongoDB's words: `hint` by keys ({"year": 1}), `let`, `allowDiskUse`, `maxTimeMS`,
  /// a `comment` that is a document, `collation`, ... The embedded store leaves out what changes no result and refuses the
  /// others (`unsupported`).
  CollectionQuery option(std::string_view name, const json& value) const;

  [[nodiscard("co_await it")]] awaitable<std::vector<json>> all() const;
  [[nodiscard("co_await it")]] awaitable<std::optional<json>> first() const;
  [[nodiscard("co_await it")]] awaitable<std::uint64_t> count() const;
  [[nodiscard("co_await it")]] awaitable<bool> exists() const;

 private:
  friend class Collection;
  CollectionQuery(std::shared_ptr<Driver> driver, FindOperation operation, std::chrono::milliseconds timeout)
      : driver_(std::move(driver)), operation_(std::move(operation)), timeout_(timeout) {}

  std::shared_ptr<Driver> driver_;
  FindOperation operation_;
  std::chrono::milliseconds timeout_;
};

class ChangeStream;  // <kinship/change_stream.hpp>

/// A cheap handle; may be copied across threads. A collection that does not exist is empty, and comes into being with its
/// first document or index. JSON arguments are read before the call returns: what is no document, or malformed Extended
/// JSON, throws `type_mismatch` at once. A filter or update the store does not understand is `invalid_query` or `store` with
/// the server code in `error::store_code()`. A failed write item throws: `duplicate_key` (collection, index and key in
/// the text) or `store`; `outcome()` says whether items before it were applied. Cancelling a call ends it with `cancelled`.
/// Each call is one store operation, unless it says otherwise.
class Collection {
 public:
  /// `context` goes with every operation (a transaction's session, deadline, comment, ...); `timeout` (0: none) begins with
  /// each call.
  Collection(std::shared_ptr<Driver> driver, std::string name, OperationContext context = OperationContext(),
             std::chrono::milliseconds timeout = std::chrono::milliseconds(0));

  const std::string& name() const noexcept { return name_; }

  /// Returns the document's `_id`, made here (an ObjectId) if it has none.
  [[nodiscard("co_await it")]] awaitable<Value> insert_one(const json& document) const;
  /// An array of documents. Ordered: stops at the first that fails. Returns their ids, in order.
  [[nodiscard("co_await it")]] awaitable<std::vector<Value>> insert_many(const json& documents, bool ordered = true) const;

  /// All documents.
  CollectionQuery find() const;
  CollectionQuery find(const json& filter) const;
  [[nodiscard("co_await it")]] awaitable<std::uint64_t> count() const;
  [[nodiscard("co_await it")]] awaitable<std::uint64_t> count(const json& filter) const;
  /// The values of a field (elements of arrays one by one), each once.
  [[nodiscard("co_await it")]] awaitable<std::vector<json>> distinct(std::string field) const;
  [[nodiscard("co_await it")]] awaitable<std::vector<json>> distinct(std::string field, const json& filter) const;

  /// An update is {"$set": {...}, ...}, or an array of stages: a pipeline (MongoDB only).
  [[nodiscard("co_await it")]] awaitable<UpdateResult> update_one(const json& filter, const json& update) const;
  [[nodiscard("co_await it")]] awaitable<UpdateResult> update_one(const json& filter, const json& update,
                                                                  UpdateOptions options) const;
  [[nodiscard("co_await it")]] awaitable<UpdateResult> update_many(const json& filter, const json& update) const;
  [[nodiscard("co_await it")]] awaitable<UpdateResult> update_many(const json& filter, const json& update,
                                                                   UpdateOptions options) const;
  /// Updates one, or inserts what filter and update say.
  [[nodiscard("co_await it")]] awaitable<UpdateResult> upsert_one(const json& filter, const json& update) const;
  /// Everything but the `_id` becomes `document`.
  [[nodiscard("co_await it")]] awaitable<UpdateResult> replace_one(const json& filter, const json& document,
                                                                   bool upsert = false) const;
  /// The document as it was, and nullopt if there was none.
  [[nodiscard("co_await it")]] awaitable<std::optional<json>> find_one_and_update(const json& filter,
                                                                                  const json& update) const;
  [[nodiscard("co_await it")]] awaitable<std::optional<json>> find_one_and_update(const json& filter, const json& update,
                                                                                  FindAndUpdateOptions options) const;

  /// How many were removed. No relationship is looked at.
  [[nodiscard("co_await it")]] awaitable<std::uint64_t> delete_one(const json& filter) const;
  [[nodiscard("co_await it")]] awaitable<std::uint64_t> delete_many(const json& filter) const;

  /// An array of [{"insertOne": {"document": {...}}}, {"updateOne": {"filter", "update", "upsert", "arrayFilters"}},
  /// {"updateMany": ...}, {"replaceOne": {"filter", "replacement", "upsert"}}, {"deleteOne": {"filter"}}, {"deleteMany":
  /// ...}], each with `hint`, `collation` or `sort` of its own, where the store has them. Ordered: stops at the first that
  /// fails.
  [[nodiscard("co_await it")]] awaitable<BulkResult> bulk_write(const json& operations, bool ordered = true) const;

  /// {"author": 1, "created_at": -1}. The same index again is no error; the name is made from the keys.
  [[nodiscard("co_await it")]] awaitable<void> create_index(const json& keys, bool unique = false,
                                                            bool sparse = false) const;
  /// Removes the collection with its indexes; none is no error.
  [[nodiscard("co_await it")]] awaitable<void> drop() const;
  /// `unsupported` where the store has no pipelines.
  [[nodiscard("co_await it")]] awaitable<std::vector<json>> aggregate(const json& pipeline) const;
  [[nodiscard("co_await it")]] awaitable<std::vector<json>> aggregate(const json& pipeline, AggregateOptions options) const;

  /// The changes of this collection from now on, those the pipeline's stages let through. `options` are those of
  /// $changeStream: {"fullDocument": "updateLookup"}, {"resumeAfter": ...}. `unsupported` where the store has none.
  [[nodiscard("co_await it")]] awaitable<ChangeStream> watch() const;
  [[nodiscard("co_await it")]] awaitable<ChangeStream> watch(const json& pipeline) const;
  [[nodiscard("co_await it")]] awaitable<ChangeStream> watch(const json& pipeline, const json& options) const;

 private:
  static awaitable<ChangeStream> opened(std::shared_ptr<Driver> driver, AggregateOperation operation);
  OperationContext context() const;
  awaitable<UpdateResult> update(WriteItem item) const;
  awaitable<UpdateResult> update(WriteItem item, UpdateOptions options) const;
  awaitable<std::uint64_t> remove(WriteItem item) const;

  std::shared_ptr<Driver> driver_;
  std::string name_;
  OperationContext context_;
  std::chrono::milliseconds timeout_;
};

}  // namespace kinship
