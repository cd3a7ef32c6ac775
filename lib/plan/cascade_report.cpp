// What the planner keeps for its report and for its questions: steps, remembered ids, projections, violations.
// The last third of the planner.
#include <algorithm>
#include <utility>

#include "plan/cascade.hpp"

namespace kinship::plan {

std::string CascadePlanner::relationship(std::size_t edge) const {
  return edge == root ? graph_.nodes[start_.node].model : graph_.edges[edge].relationship;
}

void CascadePlanner::add_step(std::size_t edge, CascadeAction action, std::uint64_t count) {
  const std::size_t node = edge == root ? start_.node : graph_.edges[edge].child;
  add_step(relationship(edge), action, graph_.nodes[node].collection, count);
}

void CascadePlanner::add_step(std::string relationship, CascadeAction action, std::string collection, std::uint64_t count) {
  for (CascadeStep& step : steps_) {
    if (step.relationship != relationship || step.action != action || step.collection != collection) continue;
    step.count += count;
    return;
  }
  steps_.push_back({std::move(relationship), action, std::move(collection), count});
}

std::vector<CascadeStep> CascadePlanner::steps() const {
  std::vector<CascadeStep> steps = steps_;
  std::erase_if(steps, [](const CascadeStep& step) { return step.count == 0; });
  return steps;
}

void CascadePlanner::violate(std::size_t index) {
  const CascadeEdge& edge = graph_.edges[index];
  violated_ = edge.relationship;
  violation_ = "cannot remove: '" + edge.relationship + "' restricts it, and there is at least one document in '" +
               graph_.nodes[edge.child].collection + "' that still refers to it by '" + edge.child_field +
               "'; remove or move those first, or give the relationship another on_delete. Nothing was changed";
  need_ = CascadeNeed{};
  frames_.clear();
}

void CascadePlanner::remember(std::size_t node, std::size_t via, bson::DocumentView document) {
  if (!remembered_[node].add(document)) return;
  ++discovered_[node][via == root ? graph_.edges.size() : via];
  if (told_many_ || !options_.on_many_remembered || remembered() <= options_.remember_limit) return;
  told_many_ = true;
  options_.on_many_remembered(remembered());
}

std::size_t CascadePlanner::remembered() const noexcept {
  std::size_t total = 0;
  for (const DocumentSet& documents : remembered_) total += documents.size();
  return total;
}

bool CascadePlanner::only_ids(std::size_t node) const {
  const auto& edges = shape_.edges(node);
  return std::all_of(edges.begin(), edges.end(), [&](std::size_t i) { return graph_.edges[i].parent_key == "_id"; });
}

bson::Document CascadePlanner::projection_of(std::size_t node) const {
  bson::Builder projection;
  projection.append_int32("_id", 1);
  std::vector<std::string_view> named{"_id"};
  for (const std::size_t i : shape_.edges(node)) {
    const std::string& key = graph_.edges[i].parent_key;
    if (std::find(named.begin(), named.end(), key) != named.end()) continue;
    projection.append_int32(key, 1);
    named.push_back(key);
  }
  return projection.finish();
}

}  // namespace kinship::plan
