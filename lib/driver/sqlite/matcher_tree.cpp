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

ExpressionPointer OrExpression::simplified(std::unique_ptr<OrExpression> self) {
  if (self->children_.size() == 1 && !self->negated_) return std::move(self->children_.front());
  return self;
}

bool OrExpression::matches(bson::DocumentView document, MatchDetails* details) const {
  if (details != nullptr && told_) return first_position(document, *details);
  for (const auto& child : children_) {
    if (child->matches(document, nullptr)) return !negated_;
  }
  return negated_;
}

// The first element that any branch accepts, as $in would find it.
bool OrExpression::first_position(bson::DocumentView document, MatchDetails& details) const {
  bool found = false;
  for (const auto& child : children_) {
    MatchDetails one;
    if (!child->matches(document, &one)) continue;
    found = true;
    const bool earlier = one.array_index >= 0 && (details.array_index < 0 || one.array_index < details.array_index);
    if (earlier) details.array_index = one.array_index;
  }
  return found;
}

bool OrExpression::test(bson::ValueView value, MatchDetails*) const {
  for (const auto& child : children_) {
    if (child->test(value, nullptr)) return !negated_;
  }
  return negated_;
}

void OrExpression::collect(BoundsCollector& collector) const {
  if (negated_) return collector.not_alone();
  std::vector<BoundsCollector> branches(children_.size());
  for (std::size_t i = 0; i < children_.size(); ++i) children_[i]->collect(branches[i]);
  collector.one_of(std::move(branches));
}

void ConstantExpression::collect(BoundsCollector& collector) const {
  if (!value_) collector.never();
}

}  // namespace kinship::sqlite
