// Operators without filters inside: comparisons, $in, $exists, $type, $regex, $mod, $size, the bit tests.
#pragma once

#include "matcher_expression.hpp"

namespace kinship::sqlite {

/// {a: value}: equality, or a match where the value is a regular expression.
ExpressionPointer parse_equality(std::string_view path, bson::ValueView value);

ExpressionPointer parse_leaf(std::string_view path, const bson::Element& element, bson::DocumentView siblings);

/// Truth as $exists and projections see it: anything but false, zero, null and undefined.
bool is_true(bson::ValueView value) noexcept;

}  // namespace kinship::sqlite
