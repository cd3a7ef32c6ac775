// What a compiled filter is made of: expressions that judge a document, or a single value (inside $elemMatch).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "matcher.hpp"
#include "path.hpp"

namespace kinship::sqlite {

class BoundsCollector;

class Expression {
 public:
  virtual ~Expression() = default;

  virtual bool matches(bson::DocumentView document, MatchDetails* details) const = 0;
  /// Of one value, without any traversal of arrays.
  virtual bool test(bson::ValueView value, MatchDetails* details) const = 0;
  /// Tells conditions that every matching document meets; nothing by default.
  virtual void collect(BoundsCollector&) const {}
};

using ExpressionPointer = std::unique_ptr<Expression>;

/// A test of what a path reaches: true if any value passes.
class PathExpression : public Expression {
 public:
  bool matches(bson::DocumentView document, MatchDetails* details) const final {
    return walk(path_, document, leaf_, [this, details](Visited visited) {
      if (!test(visited.value, details)) return false;
      if (details != nullptr && visited.array_index >= 0) details->array_index = visited.array_index;
      return true;
    });
  }

 protected:
  explicit PathExpression(std::string_view path, Leaf leaf = Leaf::expand) : path_(path), leaf_(leaf) {}
  const Path& path() const noexcept { return path_; }

 private:
  Path path_;
  Leaf leaf_;
};

}  // namespace kinship::sqlite
