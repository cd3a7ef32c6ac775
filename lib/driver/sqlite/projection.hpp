// Projections: inclusion or exclusion of dotted paths, `_id` rules, $slice, $elemMatch and the positional `a.$`.
// Fields keep the document's order.
#pragma once

#include <memory>

#include <kinship/value/bson.hpp>

#include "matcher.hpp"

namespace kinship::sqlite {

class ProjectionTree;

/// Immutable after compile; movable; may be used from several threads at once.
class Projection {
 public:
  /// Errors are `invalid_query` with MongoDB's code: mixing inclusion and exclusion 31253/31254, colliding paths
  /// 31249/31250, ...; expressions ({"a": "$b"}, {$add: ...}, $meta) are `unsupported`.
  static Projection compile(bson::DocumentView projection);

  Projection(Projection&&) noexcept;
  Projection& operator=(Projection&&) noexcept;
  ~Projection();

  /// The projected document. Positional projections need the details of the filter's match; without an array match they are
  /// `invalid_query`, code 51246.
  bson::Document apply(bson::DocumentView document, const MatchDetails& details = {}) const;

  /// Whole documents: `apply` would copy.
  bool identity() const noexcept;
  bool needs_match_details() const noexcept;

 private:
  explicit Projection(std::unique_ptr<ProjectionTree> tree) noexcept;
  std::unique_ptr<ProjectionTree> tree_;
};

}  // namespace kinship::sqlite
