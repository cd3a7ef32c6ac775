// The operand of $type: names, numbers, or an array of both.
#pragma once

#include "matcher_leaf.hpp"

namespace kinship::sqlite {

/// Unknown names and numbers are code 2, an empty array code 9.
TypeSet parse_types(bson::ValueView operand);

}  // namespace kinship::sqlite
