// MongoDB's update language, compiled once and applied to documents' bytes. What an update does not touch is copied as it
// is. "Modified" means that the bytes differ.
#pragma once

#include <cstdint>
#include <memory>

#include <kinship/value/bson.hpp>

#include "matcher.hpp"

namespace kinship::sqlite {

struct UpdateResult {
  bson::Document document;
  bool modified{};
};

struct UpdateTree;

/// Immutable after compile; movable; may be used from several threads at once.
class UpdateProgram {
 public:
  /// Copies what it needs. Errors are `invalid_query` or `type_mismatch` with MongoDB's code (9, 2, 40, 52, 56, ...);
  /// pipelines are `unsupported`; a document without operators is refused (that is a replacement).
  static UpdateProgram compile(bson::DocumentView update, bson::DocumentView array_filters = {});

  UpdateProgram(UpdateProgram&&) noexcept;
  UpdateProgram& operator=(UpdateProgram&&) noexcept;
  ~UpdateProgram();

  /// The document after the update; throws with MongoDB's code (28, 66, 14, 2, ...) and changes nothing otherwise.
  /// `is_insert`: $setOnInsert applies and `_id` may be set. `now_ms`: milliseconds since the epoch, for $currentDate.
  UpdateResult apply(bson::DocumentView document, const MatchDetails& details, bool is_insert, std::int64_t now_ms) const;

  /// Uses the positional `$`: match with details.
  bool needs_match_details() const noexcept;

 private:
  explicit UpdateProgram(std::unique_ptr<UpdateTree> tree) noexcept;
  std::unique_ptr<UpdateTree> tree_;
};

/// True for {"$set": ...} shapes: the first field's name begins with '$'.
bool is_operator_update(bson::DocumentView update) noexcept;

/// `replacement` with the `_id` of `document` in front; another `_id` is code 66, a $-prefixed top-level name code 52.
UpdateResult apply_replacement(bson::DocumentView document, bson::DocumentView replacement);

}  // namespace kinship::sqlite
