// Lookup: one batched load as a decision, no I/O. Keys go in, finds for one chunk after another come out, the documents
// found go back in, and are grouped by key. Grouping is a counting sort over key numbers: stable, so order is kept.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kinship/driver/driver.hpp>

#include "plan/key_set.hpp"

namespace kinship::plan {

/// What is asked of the store for a set of keys; loads of equal shape may share a query.
struct Shape {
  std::string collection{};
  std::string key_field{};  // stored; the `$in` is on it
  bson::Document filter{};  // besides the `$in`
  bson::Document sort{};
  bson::Document projection{};
  std::uint64_t limit{};  // per key; 0: all
  std::uint64_t skip{};   // per key
  bool count_only{};
  bool whole{};         // one chunk whatever its size: the order over all keys matters
  std::size_t chunk{};  // 0: the store's

  /// Whether loads of both may share a query; then their hashes are equal, too.
  bool same_query(const Shape& other) const noexcept;
  std::size_t hash() const noexcept;
};

/// One key that asks for one document and needs no grouping: `find_by_id` is its find, and a Lookup would be for nothing.
bool is_by_id(const Shape& shape, std::span<const bson::ValueView> keys) noexcept;
FindOperation find_by_id(const Shape& shape, bson::ValueView key);

/// Documents by key: those of key k are order[offsets[k]] .. order[offsets[k + 1]) in documents.
struct Groups {
  std::vector<bson::DocumentView> documents{};
  std::vector<std::shared_ptr<const void>> owners{};  // of the documents' bytes
  std::vector<std::uint32_t> order{};
  std::vector<std::uint32_t> offsets{};
  std::vector<std::uint64_t> counts{};  // of a count_only lookup, by key

  std::uint32_t size(std::uint32_t key) const noexcept { return offsets[key + 1] - offsets[key]; }
  bson::DocumentView at(std::uint32_t key, std::uint32_t i) const noexcept { return documents[order[offsets[key] + i]]; }
};

class Lookup {
 public:
  Lookup(Shape shape, const Capabilities& capabilities);

  /// The key's number; KeySet::none for null.
  std::uint32_t add(bson::ValueView key) { return keys_.add(key); }
  const KeySet& keys() const noexcept { return keys_; }
  const Shape& shape() const noexcept { return shape_; }

  /// Whether another chunk is to be asked for.
  bool more() const noexcept { return next_ < keys_.size(); }
  /// The find for the next chunk (without context).
  FindOperation next_find();
  GroupedCountOperation next_count();
  /// How many keys have been asked for: before `next_find`, the number of its first one.
  std::uint32_t asked() const noexcept { return next_; }
  /// An answer to the find whose first key is `first`.
  void take(Batch batch, std::uint32_t first);
  void take_counts(const Batch& batch);
  /// All chunks answered: the documents by key.
  Groups finish();

 private:
  bson::Document filter_of_next_chunk();
  void take_by_key(const Batch& batch, std::uint32_t first);
  void trim();

  Shape shape_;
  std::size_t chunk_keys_;
  std::size_t chunk_bytes_;
  KeySet keys_;
  std::uint32_t next_{};
  Groups groups_;
  std::vector<std::uint32_t> key_of_;  // by entry of document_of_
  std::vector<std::uint32_t> document_of_;
};

/// The value at a dotted path without arrays on the way; what foreign keys are read by.
bson::ValueView value_at(bson::DocumentView document, std::string_view path) noexcept;

}  // namespace kinship::plan
