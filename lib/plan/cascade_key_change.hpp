// What follows a changed key: every foreign key that referred to it, and every key below that is copied from those.
// A list of updates, one per relationship: round trips do not grow with documents.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <kinship/value/bson.hpp>
#include "plan/cascade_graph.hpp"

namespace kinship::plan {

struct KeyChange {
  std::string relationship{};
  std::string collection{};
  bson::Document filter{};
  bson::Document update{};
  bson::Document array_filters{};  // of id arrays
};

/// The updates to make when documents of `node` had one of `old_keys` (an array) in `field` and now have `new_key` there.
std::vector<KeyChange> plan_key_change(const CascadeGraph& graph, std::size_t node, std::string_view field,
                                       bson::DocumentView old_keys, bson::ValueView new_key);

}  // namespace kinship::plan
