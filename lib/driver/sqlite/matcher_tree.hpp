// $and, $or, $nor, $not and the constants.
#pragma once

#include "matcher_expression.hpp"

namespace kinship::sqlite {

class AndExpression final : public Expression {
 public:
  void add(ExpressionPointer child) { children_.push_back(std::move(child)); }
  std::size_t size() const noexcept { return children_.size(); }
  /// The only child instead of an $and of one.
  static ExpressionPointer simplified(std::unique_ptr<AndExpression> self);
  bool matches(bson::DocumentView document, MatchDetails* details) const override;
  bool test(bson::ValueView value, MatchDetails* details) const override;
  void collect(BoundsCollector& collector) const override;

 private:
  std::vector<ExpressionPointer> children_;
};

/// $or, and with `negated` $nor. It tells no position of a match, unless its branches are equalities of one path, which is
/// an $in in other words.
class OrExpression final : public Expression {
 public:
  enum class Positions : std::uint8_t { hidden, told };
  OrExpression(bool negated, Positions positions) : negated_(negated), told_(positions == Positions::told) {}
  static ExpressionPointer simplified(std::unique_ptr<OrExpression> self);
  void add(ExpressionPointer child) { children_.push_back(std::move(child)); }
  bool matches(bson::DocumentView document, MatchDetails* details) const override;
  bool test(bson::ValueView value, MatchDetails* details) const override;
  void collect(BoundsCollector& collector) const override;

 private:
  bool first_position(bson::DocumentView document, MatchDetails& details) const;

  std::vector<ExpressionPointer> children_;
  bool negated_;
  bool told_;
};

class NotExpression final : public Expression {
 public:
  explicit NotExpression(ExpressionPointer child) : child_(std::move(child)) {}
  bool matches(bson::DocumentView document, MatchDetails*) const override { return !child_->matches(document, nullptr); }
  bool test(bson::ValueView value, MatchDetails*) const override { return !child_->test(value, nullptr); }

 private:
  ExpressionPointer child_;
};

class ConstantExpression final : public Expression {
 public:
  explicit ConstantExpression(bool value) : value_(value) {}
  bool matches(bson::DocumentView, MatchDetails*) const override { return value_; }
  bool test(bson::ValueView, MatchDetails*) const override { return value_; }
  void collect(BoundsCollector& collector) const override;

 private:
  bool value_;
};

}  // namespace kinship::sqlite
