// One condition of a filter as ranges of one index field.
// Knows which values' keys say everything about a match and which only narrow.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "matcher.hpp"

namespace kinship::sqlite {

/// Ranges [low, high) of one field's keys; an empty high end marks a point.
struct FieldRange {
  std::string low;
  std::string high;
  std::uint32_t origin{};
};

struct FieldRanges {
  std::vector<FieldRange> ranges;
  bool points{true};
  bool exact{true};
};

/// Nothing when the condition cannot narrow this field (or only in ways not worth it).
std::optional<FieldRanges> ranges_of(const Bound& bound, bool descending, bool sparse);

}  // namespace kinship::sqlite
