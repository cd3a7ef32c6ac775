// See matcher_array.hpp.
#include "matcher_array.hpp"

#include "matcher_bounds.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

bool SizeExpression::test(ValueView value, MatchDetails*) const {
  if (!value.is(Type::array)) return false;
  std::int64_t count = 0;
  const auto elements = value.as_document();
  for (auto at = elements.begin(); at != elements.end() && count <= size_; ++at) ++count;
  return count == size_;
}

bool ElemMatchValueExpression::test(ValueView value, MatchDetails* details) const {
  if (!value.is(Type::array)) return false;
  std::int32_t index = 0;
  for (const auto& element : value.as_document()) {
    if (inner_->test(element.value, nullptr)) {
      if (details != nullptr) details->array_index = index;
      return true;
    }
    ++index;
  }
  return false;
}

void ElemMatchValueExpression::collect(BoundsCollector& collector) const {
  collector.enter(path(), true);
  inner_->collect(collector);
  collector.leave();
}

bool ElemMatchObjectExpression::test(ValueView value, MatchDetails* details) const {
  if (!value.is(Type::array)) return false;
  std::int32_t index = 0;
  for (const auto& element : value.as_document()) {
    const bool whole = element.value.is(Type::document) || element.value.is(Type::array);
    if (whole && inner_->matches(element.value.as_document(), nullptr)) {
      if (details != nullptr) details->array_index = index;
      return true;
    }
    ++index;
  }
  return false;
}

void ElemMatchObjectExpression::collect(BoundsCollector& collector) const {
  collector.enter(path(), false);
  inner_->collect(collector);
  collector.leave();
}

}  // namespace kinship::sqlite
