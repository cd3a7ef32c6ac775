// Moving house: a whole database copied into another, from an embedded file to a cluster and back, types and indexes kept.
// `co_await kinship::copy_database(from, to)`; broken off, it goes on when it is called again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <kinship/fwd.hpp>

namespace kinship {

/// How far a copy is. Every number only grows; the last report says that all of it is there.
struct CopyProgress {
  std::string collection{};         ///< the one under way
  std::size_t collections{};        ///< copied and verified
  std::size_t collections_total{};  ///< of the source
  std::uint64_t documents{};        ///< in the target by now, those of an earlier try included
  std::uint64_t documents_total{};  ///< of the source, as counted before the first was copied
  std::uint64_t bytes{};            ///< of `documents`
};

/// What to do with a target that already holds documents.
enum class Existing : std::uint8_t {
  refuse,    ///< only equal ones, which an earlier try left, are accepted; else `conflict`, before a document is written
  overwrite  ///< the source's take the place of those with the same `_id`; others stay
};

/// Later setters win. May be a temporary under `co_await`.
class CopyOptions {
 public:
  /// The most documents of one read and one write (1000).
  CopyOptions& batch_documents(std::size_t count) { return batch_documents_ = count, *this; }
  /// The most bytes of one write (8 MB); a larger document is written alone.
  CopyOptions& batch_bytes(std::size_t bytes) { return batch_bytes_ = bytes, *this; }
  CopyOptions& existing(Existing what) { return existing_ = what, *this; }
  /// Copies these collections only; one the source does not have is `not_found`.
  CopyOptions& only(std::vector<std::string> collections) { return only_ = std::move(collections), *this; }
  /// Calls `fn(const CopyProgress&)` before the first batch and after each, on the thread that awaits. What it throws ends
  /// the copy.
  template <class Fn>
  CopyOptions& on_progress(Fn fn) {
    progress_context_ = std::make_shared<Fn>(std::move(fn));
    progress_ = [](const CopyProgress& progress, void* context) { (*static_cast<Fn*>(context))(progress); };
    return *this;
  }

  std::size_t batch_documents() const noexcept { return batch_documents_ == 0 ? 1 : batch_documents_; }
  std::size_t batch_bytes() const noexcept { return batch_bytes_; }
  Existing existing() const noexcept { return existing_; }
  const std::vector<std::string>& only() const noexcept { return only_; }
  void report(const CopyProgress& progress) const {
    if (progress_ != nullptr) progress_(progress, progress_context_.get());
  }

 private:
  std::size_t batch_documents_{1000};
  std::size_t batch_bytes_{8 << 20};
  Existing existing_{Existing::refuse};
  std::vector<std::string> only_{};
  void (*progress_)(const CopyProgress&, void*){};
  std::shared_ptr<void> progress_context_{};
};

struct CopyResult {
  std::size_t collections{};
  std::size_t indexes{};        ///< made; those that were there already are not counted
  std::uint64_t documents{};    ///< of the source, every one of them in the target now
  std::uint64_t inserted{};     ///< of these, by this call
  std::uint64_t overwritten{};  ///< of these, by this call; only with Existing::overwrite
  std::uint64_t bytes{};        ///< of `documents`
};

/// Copies every collection of `from` with its indexes (keys, names, unique, sparse, and on a store that has them the other
/// options, such as expireAfterSeconds) and its documents, byte for byte, into `to`. First the indexes of all collections
/// are made, then the documents inserted, collection by collection, in batches: memory is bounded by one batch read (at most
/// 16 MB and a document) and one batch written. At the end of each collection the documents of both sides are counted and
/// the indexes compared.
///
/// Broken off (an error, a cancellation, a killed process), it leaves whole documents. Called again it reads what the
/// target has, compares it with the source by `_id`, and writes only what is missing: no marker is kept, nothing is lost or
/// doubled. A document that differs, or that the source does not have, is `conflict` unless `existing(Existing::overwrite)`.
///
/// Nobody may write to either side meanwhile: stop your own writers. A source whose count has changed is `conflict`; a
/// change that leaves the count alone is not seen.
///
/// Not copied: views and time series (`unsupported`, which names them; leave them out with `only`), and a MongoDB
/// collection's own settings (capped, validator, default collation). An index the target's kind of store lacks (text,
/// partial, expiring in the embedded store) is `unsupported` before any document is written. MongoDB puts its time into a
/// top-level field that holds Timestamp(0, 0).
///
/// Errors: those of both stores, and `duplicate_key` with collection, index and key where a unique index of the target
/// refuses a document. `invalid_query` for one store as both sides, or a transaction's handle. Options of both handles
/// (timeout of each operation, concerns, comment) apply; hint and collation do not. Cancelling returns promptly. The
/// handles may be used by others meanwhile, for reading.
[[nodiscard("co_await it")]] awaitable<CopyResult> copy_database(Database from, Database to,
                                                                 CopyOptions options = CopyOptions());

}  // namespace kinship
