// A conjunction on its way to a filter: clauses on fields, and whole filters that stand beside them.
// `collect_clauses` makes them from a condition, `write_conjunction` puts them into one document.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <kinship/query/resolve.hpp>
#include <kinship/value/bson.hpp>

namespace kinship::detail {

/// `{field: {op: operand}}`, or, with an empty op, the whole filter `operand`.
struct Clause {
  std::string field{};
  std::string_view op{};     // "$eq", "$in", "$not", ...: a literal
  bson::Document operand{};  // {"": value}; a whole filter where op is empty
  friend bool operator==(const Clause&, const Clause&) = default;
};

/// What names and values mean where the condition stands.
struct ClauseScope {
  const FieldCatalog* catalog{};     // null: names and values pass as they are
  bool elements{};                   // inside any(...) on plain values: conditions name no field
  ResolvedField element{};           // their type then
  std::string_view element_field{};  // for messages
};

void collect_clauses(const Condition& condition, const ClauseScope& scope, bool negated, std::vector<Clause>& out);
bson::Document write_conjunction(const std::vector<Clause>& clauses);
/// For `$elemMatch` on plain values: {"$gt": 5, "$lt": 9}.
bson::Document write_element_operators(const std::vector<Clause>& clauses);

}  // namespace kinship::detail
