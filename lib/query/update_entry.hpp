// The inside of an Update: one immutable entry per change, shared by all copies.
// Operands are BSON, as in conditions.
#pragma once

#include <cstdint>
#include <string>

#include <kinship/query/field_catalog.hpp>
#include <kinship/query/update.hpp>
#include <kinship/value/bson.hpp>

namespace kinship::detail {

enum class UpdateKind : std::uint8_t {
  set,
  set_on_insert,
  unset,
  inc,
  mul,
  min,
  max,
  push,
  push_all,
  add_to_set,
  add_all_to_set,
  pull_all,
  pull_where,
  pop,
  rename,
  current_date,
  raw
};

struct UpdateEntry {
  UpdateKind kind{};
  std::string field{};
  /// raw: the update; the kinds that take several elements: {"": array}; else {"": value}.
  bson::Document operand{};
  Condition condition{};  // pull_where
};

/// A null catalogue: names as given, values as they are.
bson::Document write_update(const Update& update, const FieldCatalog* catalog);

}  // namespace kinship::detail
