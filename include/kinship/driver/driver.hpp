// THE SEAM: what a store must do, as operations that are values, with BSON bytes in and owned BSON bytes out.
// Above it nothing knows which store is below; below it nothing knows what a relationship is.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <kinship/driver/capabilities.hpp>
#include <kinship/driver/read_preference.hpp>
#include <kinship/fwd.hpp>
#include <kinship/value/bson.hpp>

namespace kinship {

struct OperationExtras;  // <kinship/driver/extras.hpp>
struct Stats;
namespace detail {
class Observers;
}

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

/// A transaction in progress, owned by the engine and known only to the driver that began it. Destroying one that was
/// neither committed nor aborted rolls it back without blocking.
class Session {
 public:
  virtual ~Session() = default;
};

/// What goes with every operation. A driver ignores what its store has no notion of, except `session` and `deadline`.
struct OperationContext {
  std::shared_ptr<Session> session{};
  Deadline deadline{no_deadline};
  ReadPreference read_preference{};
  std::string read_concern{};   // empty: the store's default
  std::string write_concern{};  // a number or "majority"; empty: the store's default
  std::string comment{};
  std::string hint{};  // an index name
  bson::Document collation{};
  std::shared_ptr<const OperationExtras> extras{};  // null: nothing more
};

/// Owned result bytes: `documents` point into memory that `owner` keeps alive.
struct Batch {
  std::shared_ptr<const void> owner{};
  std::vector<bson::DocumentView> documents{};
  std::vector<std::uint32_t> keys{};  // of a find per key only: for each document its key's place in the `$in`
};

/// For each key of the `$in` on `field` (which the filter holds at its top level) at most `limit` documents after the first
/// `skip`, in `sort` order: key by key, and `Batch::keys` says which (of equal keys in the `$in`, the first). A document
/// that belongs to several keys (`field` holds an array) comes once for each of them.
struct PerKey {
  std::string field{};
  std::uint64_t limit{};
  std::uint64_t skip{};
};

struct FindOperation {
  std::string collection{};
  bson::Document filter{};
  bson::Document sort{};        // {} : any order
  bson::Document projection{};  // {} : whole documents
  std::uint64_t skip{};
  std::uint64_t limit{};     // 0: no limit
  std::size_t batch_size{};  // 0: everything in the first batch
  std::optional<PerKey> per_key{};
  OperationContext context{};
};

/// The rest of a find. Move-only through its pointer; destroying it ends it in the store at once, without blocking.
class Cursor {
 public:
  virtual ~Cursor() = default;
  /// The next batch; an empty one means the end.
  virtual awaitable<Batch> next() = 0;
};

struct FindReply {
  Batch first{};
  std::unique_ptr<Cursor> cursor{};  // null: `first` was everything
};

struct CountOperation {
  std::string collection{};
  bson::Document filter{};
  std::uint64_t skip{};
  std::uint64_t limit{};  // 0: no limit; exists() asks with 1
  OperationContext context{};
};

/// Counts by the value of `field`; the filter holds an `$in` on it at its top level. For an array field (multikey) each
/// document counts once for each of its elements that is asked for.
struct GroupedCountOperation {
  std::string collection{};
  bson::Document filter{};
  std::string field{};
  OperationContext context{};
};

/// Documents `{key: <value>, count: <int64>}`, one for each key with at least one document, in any order.
struct GroupedCountReply {
  Batch groups{};
};

enum class WriteKind : std::uint8_t { insert, update_one, update_many, replace_one, delete_one, delete_many };

struct WriteItem {
  WriteKind kind{};
  bson::Document filter{};         // update, replace, delete
  bson::Document document{};       // insert, replace: the document; update: {"$set": {...}, ...}
  bool upsert{};                   // update, replace
  bool pipeline{};                 // `document` is an array of stages, as of an aggregation; update only
  bson::Document array_filters{};  // as an array; {} : none
  bson::Document more{};  // further fields, in MongoDB's words: {"hint": {"a": 1}, "collation": {...}, "sort": {...}}
};

/// Writes to one collection, one store operation. Ordered: stops at the first item that fails; unordered: tries all.
/// An insert without `_id` gets an ObjectId; `_id` is moved to the front.
struct WriteOperation {
  std::string collection{};
  std::vector<WriteItem> items{};
  bool ordered{true};
  OperationContext context{};
};

struct WriteError {
  std::size_t index{};    // in WriteOperation::items
  int code{};             // MongoDB's server codes: 11000 duplicate key, 66 immutable field, ...
  std::string message{};  // a sentence
  bson::Document key{};   // of a duplicate key: the index's fields and the values that collide
  std::string index_name{};
};

struct WriteReply {
  std::uint64_t inserted{};
  std::uint64_t matched{};
  std::uint64_t modified{};
  std::uint64_t deleted{};
  std::vector<std::pair<std::size_t, bson::Document>> upserted{};  // item index, {"_id": value}
  std::vector<WriteError> errors{};                                // per item; a failed item is not an exception
};

/// Find one, change it, and return it; atomic.
struct FindAndModifyOperation {
  std::string collection{};
  bson::Document filter{};
  bson::Document sort{};
  bson::Document projection{};
  WriteKind kind{WriteKind::update_one};  // update_one, replace_one or delete_one
  bson::Document document{};              // the update or the replacement
  bool pipeline{};                        // `document` is an array of stages; update only
  bool upsert{};
  bool return_new{};
  bson::Document array_filters{};
  OperationContext context{};
};

struct FindAndModifyReply {
  Batch document{};           // at most one
  bool matched{};             // an existing document was found
  bson::Document upserted{};  // {"_id": value} of an upsert that inserted
};

struct CreateIndexOperation {
  std::string collection{};
  bson::Document keys{};  // {"a": 1, "b": -1}
  std::string name{};     // empty: made from the keys, "a_1_b_-1"
  bool unique{};
  bool sparse{};
  bson::Document options{};  // others, in MongoDB's words: {"expireAfterSeconds": 60}; `unsupported` where a store has none
  OperationContext context{};
};

/// A collection as its store lists it.
struct CollectionListing {
  std::string name{};
  std::string type{};  // "collection"; on MongoDB also "view" and "timeseries"
};

/// An index as its store lists it: what CreateIndexOperation would make again. The one on `_id` is `_id_` and is made with
/// its collection.
struct IndexListing {
  std::string name{};
  bson::Document keys{};
  bool unique{};
  bool sparse{};
  bson::Document options{};
};

struct AggregateOperation {
  std::string collection{};   // empty: the database, for stages such as $listLocalSessions
  bson::Document pipeline{};  // as an array
  std::size_t batch_size{};
  OperationContext context{};
};

struct DistinctOperation {
  std::string collection{};
  std::string field{};
  bson::Document filter{};
  OperationContext context{};
};

/// A store. Thread-safe; every call may be cancelled through the awaiting coroutine's cancellation slot (completes promptly
/// with `errc::cancelled`, outcome `unknown` for a write that was sent) and ends with `errc::timeout` at its deadline.
/// Failures are `kinship::error`; completions arrive on the awaiting coroutine's executor, never inline.
class Driver {
 public:
  virtual ~Driver() = default;

  virtual Capabilities capabilities() const = 0;

  virtual awaitable<FindReply> find(FindOperation operation) = 0;
  virtual awaitable<std::uint64_t> count(CountOperation operation) = 0;
  virtual awaitable<GroupedCountReply> grouped_count(GroupedCountOperation operation) = 0;
  virtual awaitable<WriteReply> write(WriteOperation operation) = 0;
  virtual awaitable<FindAndModifyReply> find_and_modify(FindAndModifyOperation operation) = 0;
  virtual awaitable<void> create_index(CreateIndexOperation operation) = 0;
  virtual awaitable<void> drop_collection(std::string collection, OperationContext context) = 0;
  /// All of them, in any order, without the store's own (MongoDB's `system.`).
  virtual awaitable<std::vector<CollectionListing>> list_collections(OperationContext context) = 0;
  /// In any order; none where there is no such collection.
  virtual awaitable<std::vector<IndexListing>> list_indexes(std::string collection, OperationContext context) = 0;
  /// Values of the field (array elements one by one), each once, as {"values": [...]}.
  virtual awaitable<Batch> distinct(DistinctOperation operation) = 0;
  virtual awaitable<FindReply> aggregate(AggregateOperation operation) = 0;  // `unsupported` where the store has none
  virtual awaitable<bson::Document> command(bson::Document command, OperationContext context) = 0;

  /// Begins a transaction. `origin` (file:line of the caller) is named when another writer waits for it in vain.
  virtual awaitable<std::shared_ptr<Session>> begin(std::string origin, OperationContext context) = 0;
  virtual awaitable<void> commit(std::shared_ptr<Session> session) = 0;
  virtual awaitable<void> abort(std::shared_ptr<Session> session) = 0;

  /// A consistent copy of the whole store at `path`, made while it is in use.
  virtual awaitable<void> backup(std::string path) = 0;
  /// Refuses new work, lets what is under way finish until the deadline, then cancels it and frees everything.
  virtual awaitable<void> close(Deadline deadline) = 0;

  /// Who is told of the driver's own events (driver/events.hpp); null: it has none.
  virtual std::shared_ptr<detail::Observers> observers() const { return nullptr; }
  /// Adds what the driver counts of its connections, servers and retries.
  virtual void add_stats(Stats&) const {}
};

}  // namespace kinship
