// Collects result documents into one batch: projected if asked, copied into an arena that the batch owns.
// Also the sorted collection of documents, bounded when only the first are wanted.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <kinship/driver/driver.hpp>

#include "arena.hpp"
#include "projection.hpp"
#include "sort.hpp"

namespace kinship::sqlite {

class Results {
 public:
  /// `projection` may be null and is borrowed.
  explicit Results(const Projection* projection) : projection_(projection) {}

  void add(bson::DocumentView document, const MatchDetails& details = {}) {
    documents_.push_back(projection_ == nullptr ? arena_->add(document)
                                                : arena_->add(projection_->apply(document, details).view()));
  }
  std::size_t size() const noexcept { return documents_.size(); }
  std::size_t bytes() const noexcept { return arena_->bytes(); }
  Batch finish() {
    Batch batch;
    batch.owner = std::move(arena_);
    batch.documents = std::move(documents_);
    return batch;
  }

 private:
  const Projection* projection_;
  std::shared_ptr<Arena> arena_ = std::make_shared<Arena>();
  std::vector<bson::DocumentView> documents_;
};

struct SortedDocument {
  std::string key;
  std::uint64_t arrival;  // ties keep the order of arrival
  std::int64_t rid;
  std::string bytes;
  MatchDetails details;

  bson::DocumentView document() const noexcept {
    return bson::DocumentView(reinterpret_cast<const std::uint8_t*>(bytes.data()));
  }
  friend bool operator<(const SortedDocument& a, const SortedDocument& b) noexcept {
    const int order = a.key.compare(b.key);
    return order != 0 ? order < 0 : a.arrival < b.arrival;
  }
};

class SortedDocuments {
 public:
  /// Keeps the first `limit` in the sorter's order (borrowed); 0: all.
  SortedDocuments(const Sorter& sorter, std::uint64_t limit) : sorter_(&sorter), limit_(limit) {}

  void add(bson::DocumentView document, std::int64_t rid, const MatchDetails& details);
  /// In order; empties it.
  std::vector<SortedDocument> finish();

 private:
  const Sorter* sorter_;
  std::uint64_t limit_;
  std::uint64_t arrivals_{};
  std::string key_;
  std::vector<SortedDocument> kept_;  // a heap with the last on top, once the limit is reached
};

}  // namespace kinship::sqlite
