// The logical operators; see matcher_tree.hpp.
#include "matcher_tree.hpp"

#include "matcher_bounds.hpp"

namespace kinship::sqlite {

ExpressionPointer AndExpression::simplified(std::unique_ptr<AndExpression> self) {
  if (self->children_.size() == 1) return std::move(self->children_.front());
  return self;
}

bool AndExpression::matches(bson::DocumentView document, MatchDetails* details) const {
  for (const auto& child : children_) {
    if (child->matches(document, details)) continue;
    if (details != nullptr) *details = MatchDetails{};
    return false;
  }
  return true;
}

bool AndExpression::test(bson::ValueView value, MatchDetails* details) const {
  for (const auto& child : children_) {
    if (!child->test(value, details)) return false;
  }
  return true;
}

void AndExpression::collect(BoundsCollector& collector) const {
  if (children_.size() != 1) collector.not_alone();
  for (const auto& child : children_) child->collect(collector);
}

bool OrExpression::matches(bson::DocumentView document, MatchDetails* details) const {
  for (const auto& child : children_) {
    if (child->matches(document, negated_ ? nullptr : details)) return !negated_;
  }
  return negated_;
}

bool OrExpression::test(bson::ValueView value, MatchDetails* details) const {
  for (const auto& child : children_) {
    if (child->test(value, negated_ ? nullptr : details)) return !negated_;
  }
  return negated_;
}

void OrExpression::collect(BoundsCollector& collector) const {
  collector.not_alone();
  if (!negated_ && children_.size() == 1) children_.front()->collect(collector);
}

void ConstantExpression::collect(BoundsCollector& collector) const {
  if (!value_) collector.never();
}

}  // namespace kinship::sqlite
