// What a copy keeps from one step to the next; the steps are in the files beside this one, in the order they run.
// A Copy lives on the frame of copy_database, which outlives every step.
#pragma once

#include <kinship/copy_database.hpp>
#include <kinship/error.hpp>

#include "engine/engine.hpp"

namespace kinship::detail {

struct CollectionCopy {
  std::string name{};
  std::vector<IndexListing> indexes{};  // of the source, without the one on _id
  std::vector<IndexListing> present{};  // of the target, before the copy
  std::uint64_t source_count{}, target_count{};
};

struct Copy {
  ScopePtr from{}, to{};
  CopyOptions options{};
  CopyProgress progress{};
  CopyResult result{};
  std::vector<CollectionCopy> collections{};
};

/// How a document of one store stands in the other.
enum class Match : std::uint8_t { absent, equal, different };

/// Lists and counts both sides. Throws what cannot be copied, or into which.
awaitable<void> survey(Copy* copy);
/// Throws `conflict` unless the target's documents are all the source's.
awaitable<void> check_existing(Copy* copy);
/// Makes the indexes that are missing.
awaitable<void> copy_indexes(Copy* copy);
/// Documents, then counts and indexes compared.
awaitable<void> copy_documents(Copy* copy, const CollectionCopy* collection);

/// For each document of the batch, whether the other store has one with its `_id`, and the same one.
awaitable<std::vector<Match>> match(ScopePtr other, std::string collection, const Batch* batch, std::size_t batch_size);

awaitable<std::uint64_t> count_all(ScopePtr scope, std::string collection);
[[noreturn]] void refuse_copy(errc code, std::string sentence);
std::string shown_id(bson::DocumentView document);
/// Of the same making: name, keys, unique, sparse and further options.
bool same_index(const IndexListing& a, const IndexListing& b);

}  // namespace kinship::detail
