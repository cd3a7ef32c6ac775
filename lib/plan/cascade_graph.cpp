// The shape of a cascade: which nodes it reaches, which must be remembered, and in what order they go.
// Graphs have as many nodes as there are models, so nothing here needs to be clever.
#include "plan/cascade_graph.hpp"

#include <algorithm>

namespace kinship::plan {

namespace {

using Edges = std::vector<std::vector<std::size_t>>;

// The edges that do something, removals before the rest, each foreign key once.
Edges effective_edges(const CascadeGraph& graph) {
  Edges result(graph.nodes.size());
  for (const bool removals : {true, false}) {
    for (std::size_t i = 0; i < graph.edges.size(); ++i) {
      const CascadeEdge& edge = graph.edges[i];
      if (edge.action == OnDelete::nothing || (edge.action == OnDelete::cascade) != removals) continue;
      const auto same = [&](std::size_t other) {
        const CascadeEdge& known = graph.edges[other];
        return known.child == edge.child && known.child_field == edge.child_field && known.parent_key == edge.parent_key &&
               known.action == edge.action;
      };
      auto& edges = result[edge.parent];
      if (std::none_of(edges.begin(), edges.end(), same)) edges.push_back(i);
    }
  }
  return result;
}

// Post-order over removals: a node comes after everything below it (within a cycle, somewhere).
void visit(const CascadeGraph& graph, const Edges& edges, std::size_t node, std::vector<bool>& seen,
           std::vector<std::size_t>& order) {
  if (seen[node]) return;
  seen[node] = true;
  for (const std::size_t i : edges[node])
    if (graph.edges[i].action == OnDelete::cascade) visit(graph, edges, graph.edges[i].child, seen, order);
  order.push_back(node);
}

bool on_cycle(const CascadeGraph& graph, const Edges& edges, std::size_t node) {
  std::vector<bool> seen(graph.nodes.size());
  std::vector<std::size_t> below;
  for (const std::size_t i : edges[node]) {
    if (graph.edges[i].action != OnDelete::cascade) continue;
    if (graph.edges[i].child == node) return true;
    visit(graph, edges, graph.edges[i].child, seen, below);
  }
  return seen[node];
}

}  // namespace

CascadeShape::CascadeShape(const CascadeGraph& graph, std::size_t root) : edges_(effective_edges(graph)) {
  const std::size_t count = graph.nodes.size();
  removable_.resize(count);
  remembered_.resize(count);
  diamond_.resize(count);
  explored_.resize(count);
  visit(graph, edges_, root, removable_, order_);

  std::vector<std::size_t> ways(count);
  ways[root] = 1;
  for (const std::size_t node : order_) {
    if (on_cycle(graph, edges_, node)) remembered_[node] = true;
    for (const std::size_t i : edges_[node]) {
      const CascadeEdge& edge = graph.edges[i];
      if (edge.action == OnDelete::cascade)
        ++ways[edge.child];
      else if (removable_[edge.child])
        remembered_[edge.child] = true;
      if (edge.action == OnDelete::restrict) explored_[node] = true;
    }
  }
  for (std::size_t node = 0; node < count; ++node) diamond_[node] = ways[node] > 1 && !remembered_[node];
  // Children stand before their parents in the order, except on cycles: repeat until nothing changes.
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::size_t node : order_) {
      for (const std::size_t i : edges_[node]) {
        const CascadeEdge& edge = graph.edges[i];
        if (explored_[node] || edge.action != OnDelete::cascade) continue;
        if (remembered_[edge.child] || explored_[edge.child]) explored_[node] = changed = true;
      }
    }
  }
}

}  // namespace kinship::plan
