// A walk from the changed field along the relationships that refer to it; each field is visited once, so cycles end.
// The same old and new keys hold on every level, because a level only repeats the one above.
#include "plan/cascade_key_change.hpp"

#include <algorithm>
#include <utility>

#include "plan/cascade.hpp"

namespace kinship::plan {

namespace {

struct Place {
  std::size_t node{};
  std::string field{};
  friend bool operator==(const Place&, const Place&) = default;
};

KeyChange change_of(const CascadeGraph& graph, const CascadeEdge& edge, bson::DocumentView old_keys,
                    bson::ValueView new_key) {
  KeyChange change;
  change.relationship = edge.relationship;
  change.collection = graph.nodes[edge.child].collection;
  change.filter = in_filter(edge.child_field, old_keys);
  bson::Builder update;
  update.begin_document("$set");
  if (edge.array) {
    update.append(edge.child_field + ".$[key]", new_key);
    bson::Builder filters;
    filters.begin_array("").begin_document("").begin_document("key").append_array("$in", old_keys).end().end().end();
    const bson::Document whole = filters.finish();
    change.array_filters = bson::Document(whole[""].as_document());
  } else {
    update.append(edge.child_field, new_key);
  }
  change.update = update.end().finish();
  return change;
}

}  // namespace

std::vector<KeyChange> plan_key_change(const CascadeGraph& graph, std::size_t node, std::string_view field,
                                       bson::DocumentView old_keys, bson::ValueView new_key) {
  std::vector<KeyChange> changes;
  std::vector<Place> places{{node, std::string(field)}};
  for (std::size_t at = 0; at < places.size(); ++at) {
    for (const CascadeEdge& edge : graph.edges) {
      const Place parent{edge.parent, edge.parent_key}, child{edge.child, edge.child_field};
      if (parent != places[at] || std::find(places.begin(), places.end(), child) != places.end()) continue;
      changes.push_back(change_of(graph, edge, old_keys, new_key));
      places.push_back(child);
    }
  }
  return changes;
}

}  // namespace kinship::plan
