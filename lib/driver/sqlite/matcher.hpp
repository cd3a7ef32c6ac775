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

/// What the positional operator `$` needs: the place of the matching element in the outermost array of the last array
/// condition that matched; -1: no array was passed.
struct MatchDetails {
  std::int32_t array_index{-1};
};

enum class BoundOp : std::uint8_t {
  eq,  // value: the operand; null also means missing
  in,  // value: the $in array, without regular expressions; a null in it also means missing
  gt,
  gte,
  lt,
  lte,
  exists,       // the field is there
  regex_prefix  // value: a regular expression; strings that match begin with `prefix`; the value itself, stored, matches too
};

/// One top-level condition every matching document meets: some value reached by `path` (in an array: some element, or the
/// array as a whole) satisfies it, so an index over `path` holds the document under a key that does. Only conditions of
/// which that is true are told: no arrays as operands, no MinKey or MaxKey. Two bounds on one path may be met by two
/// elements of an array, except those of one {$elemMatch: {$gt: 1, $lt: 5}} (equal non-zero `group`), which one value meets
/// together. Views live as long as the matcher.
struct Bound {
  std::string_view path;
  BoundOp op;
  bson::ValueView value;
  std::uint32_t group{};
  std::string_view prefix{};
};

class BoundsCollector;

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

  /// A regular expression that goes over its match limit is `invalid_query`.
  bool matches(bson::DocumentView document) const;
  bool matches(bson::DocumentView document, MatchDetails& details) const;

  /// The filter is {}, or nothing but comments.
  bool always_true() const noexcept;
  /// No document matches: {a: {$in: []}} and its like at the top level.
  bool always_false() const noexcept;
  const std::vector<Bound>& bounds() const noexcept;
  /// The first bound is the whole filter: an index over its path (without multikey restrictions) holds a document under one
  /// of the bound's keys exactly when the document matches, so `matches` need not be asked.
  bool bound_decides() const noexcept;
  /// All of the above, and what the branches of `$or` tell.
  const BoundsCollector& facts() const noexcept;
  bson::DocumentView filter() const noexcept;

 private:
  struct State;
  explicit Matcher(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace kinship::sqlite
