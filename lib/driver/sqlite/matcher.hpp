// MongoDB's filter language, compiled once and asked per document. The matcher always decides; what it tells a planner about
// itself (`bounds`) may only narrow the candidates.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <kinship/value/bson.hpp>

#include "path.hpp"

namespace kinship::sqlite {

class Expression;

/// What the positional operator `$` needs: the place of the matching element in the outermost array of the last array
/// condition that matched; -1: no array was passed.
struct MatchDetails {
  std::int32_t array_index{-1};
};

enum class BoundOp : std::uint8_t {
  eq,  // value: the operand; null also means missing
  in,  // value: the $in array
  gt,
  gte,
  lt,
  lte,
  exists,        // the field is there
  regex_prefix,  // value: a string; matching strings begin with it
  all            // value: the $all array's elements, every one needed
};

/// One top-level condition every matching document meets: some value reached by `path` (in an array: some element, or the
/// array as a whole) satisfies it. Two bounds on one path may be met by two elements of an array, except those of one
/// `$elemMatch` (equal non-zero `group`). Views live as long as the matcher.
struct Bound {
  std::string_view path;
  BoundOp op;
  bson::ValueView value;
  std::uint32_t group{};
};

/// Immutable after compile; movable; may be used from several threads at once.
class Matcher {
 public:
  /// Copies the filter. Unknown operators and malformed operands are `invalid_query` with MongoDB's code, what this store
  /// does not do ($where, $text, $expr, geo) is `unsupported`; both name the operator.
  static Matcher compile(bson::DocumentView filter);
  /// The same, taking the bytes over.
  static Matcher compile(bson::Document&& filter);

  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;
  ~Matcher();

  bool matches(bson::DocumentView document) const;
  bool matches(bson::DocumentView document, MatchDetails& details) const;

  /// The filter is {}.
  bool always_true() const noexcept;
  bool always_false() const noexcept;
  const std::vector<Bound>& bounds() const noexcept { return bounds_; }
  /// `bounds()[i]` is the whole of the filter: documents that meet it match, and nothing else does.
  bool is_exactly(std::size_t i) const noexcept { return exact_ && bounds_.size() == 1 && i == 0; }
  bson::DocumentView filter() const noexcept { return filter_->view(); }

 private:
  Matcher();
  std::unique_ptr<bson::Document> filter_;
  std::unique_ptr<Expression> root_;
  std::vector<Bound> bounds_;
  bool exact_{};
};

}  // namespace kinship::sqlite
