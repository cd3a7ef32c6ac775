// Conditions on arrays as such: $size and the two forms of $elemMatch.
#pragma once

#include "matcher_expression.hpp"

namespace kinship::sqlite {

class SizeExpression final : public PathExpression {
 public:
  SizeExpression(std::string_view path, std::int64_t size) : PathExpression(path, Leaf::whole), size_(size) {}
  bool test(bson::ValueView value, MatchDetails*) const override;

 private:
  std::int64_t size_;
};

/// {$elemMatch: {$gt: 1, $lt: 5}}: one element passes every test.
class ElemMatchValueExpression final : public PathExpression {
 public:
  ElemMatchValueExpression(std::string_view path, ExpressionPointer inner)
      : PathExpression(path, Leaf::whole), inner_(std::move(inner)) {}
  bool test(bson::ValueView value, MatchDetails* details) const override;
  void collect(BoundsCollector& collector) const override;

 private:
  ExpressionPointer inner_;
};

/// {$elemMatch: {a: 1, b: 2}}: one element, an object (or an array: its indexes are its field names), matches the filter.
class ElemMatchObjectExpression final : public PathExpression {
 public:
  ElemMatchObjectExpression(std::string_view path, ExpressionPointer inner)
      : PathExpression(path, Leaf::whole), inner_(std::move(inner)) {}
  bool test(bson::ValueView value, MatchDetails* details) const override;
  void collect(BoundsCollector& collector) const override;

 private:
  ExpressionPointer inner_;
};

}  // namespace kinship::sqlite
