// The order of results as plain data: fields by name, each ascending or descending.
// An aggregate list, so that a RelationshipConfig can say `.order_by = {{"likes", -1}}`.
#pragma once

#include <string>
#include <vector>

namespace kinship {

/// One field to sort by: by member, as stored, or a dotted path; `direction` is 1 (ascending) or -1 (descending), anything
/// else is `invalid_query` when the order is resolved.
struct SortKey {
  std::string field{};
  int direction{1};

  friend bool operator==(const SortKey&, const SortKey&) = default;
};

/// The first key decides, the later ones break ties. Empty: any order.
using OrderBy = std::vector<SortKey>;

}  // namespace kinship
