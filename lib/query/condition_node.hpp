// The inside of a Condition: one immutable node per clause, shared by all copies.
// Operands are BSON, so that nothing is converted twice on the way to a store.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <kinship/query/condition.hpp>
#include <kinship/value/bson.hpp>

namespace kinship::detail {

enum class ConditionKind : std::uint8_t {
  eq,
  ne,
  gt,
  gte,
  lt,
  lte,
  in,
  nin,
  exists,
  type,
  regex,
  size,
  all,
  elem_match,
  mod,
  and_,
  or_,
  not_,
  raw
};

struct ConditionNode {
  ConditionKind kind{};
  std::string field{};
  /// in, nin, all: an array's bytes; raw: the filter; else {"": value}.
  bson::Document operand{};
  /// and_, or_: the parts; not_, elem_match: one.
  std::vector<Condition> children{};
};

}  // namespace kinship::detail
