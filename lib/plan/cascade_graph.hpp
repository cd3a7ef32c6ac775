// What a cascade may follow, as plain data, and what its shape means for one removal.
// The model layer makes the graph from all registered models; nodes are named by their index.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <kinship/model/on_delete.hpp>

namespace kinship::plan {

struct CascadeNode {
  std::string model{};
  std::string collection{};
};

struct CascadeEdge {
  std::string relationship{};  // "User.posts"
  std::size_t parent{};
  std::size_t child{};
  std::string parent_key{"_id"};  // the stored field of the parent that is referenced
  std::string child_field{};      // the stored foreign key: on the child, on the join row, or the child's id array
  OnDelete action{};
  bool array{};  // child_field is an array of keys
};

struct CascadeGraph {
  std::vector<CascadeNode> nodes{};
  std::vector<CascadeEdge> edges{};
};

/// How a cascade from `root` meets the graph.
class CascadeShape {
 public:
  CascadeShape(const CascadeGraph& graph, std::size_t root);

  /// Edges out of the node that do something, removals first.
  const std::vector<std::size_t>& edges(std::size_t node) const { return edges_[node]; }
  /// Documents of the node may be removed.
  bool removable(std::size_t node) const { return removable_[node]; }
  /// Its removal ends there: nothing below, and nobody needs to know which documents went.
  bool leaf(std::size_t node) const { return edges_[node].empty() && !remembered_[node]; }
  /// All its ids are found before anything is written: it lies on a cycle of the metadata, or is at once removed by one
  /// relationship and looked at by another.
  bool remembered(std::size_t node) const { return remembered_[node]; }
  /// Reached by several relationships, so that one document may be met twice.
  bool diamond(std::size_t node) const { return diamond_[node]; }
  /// Finding what must be known beforehand (restrictions, remembered ids) leads through it.
  bool explored(std::size_t node) const { return explored_[node]; }
  /// The edge looks at documents that the same cascade may remove.
  bool mixed(const CascadeEdge& edge) const { return edge.action != OnDelete::cascade && removable_[edge.child]; }
  /// Removable nodes, children before parents.
  const std::vector<std::size_t>& order() const { return order_; }

 private:
  std::vector<std::vector<std::size_t>> edges_{};
  std::vector<bool> removable_{}, remembered_{}, diamond_{}, explored_{};
  std::vector<std::size_t> order_{};
};

}  // namespace kinship::plan
