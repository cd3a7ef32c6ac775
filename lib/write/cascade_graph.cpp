// One edge a foreign key: of several relationships over it only explicit policies count. Links always go with either end:
// join rows are removed, ids are taken out of id arrays.
#include "write/cascade_graph.hpp"

#include <algorithm>

namespace kinship::detail {

std::size_t node_of(const std::vector<const ModelInfo*>& models, const ModelInfo& model) {
  return static_cast<std::size_t>(std::find(models.begin(), models.end(), &model) - models.begin());
}

namespace {

class Edges {
 public:
  explicit Edges(std::vector<plan::CascadeEdge>& edges) : edges_(edges) {}

  void add(std::string label, std::size_t parent, std::string parent_key, std::size_t child, std::string field,
           OnDelete action, bool array = false) {
    for (plan::CascadeEdge& edge : edges_) {
      if (edge.parent != parent || edge.child != child || edge.child_field != field || edge.parent_key != parent_key)
        continue;
      if (edge.action == OnDelete::nothing && action != OnDelete::nothing) {
        edge.action = action;
        edge.relationship = std::move(label);
      }
      return;
    }
    plan::CascadeEdge edge;
    edge.relationship = std::move(label);
    edge.parent = parent;
    edge.child = child;
    edge.parent_key = std::move(parent_key);
    edge.child_field = std::move(field);
    edge.action = action;
    edge.array = array;
    edges_.push_back(std::move(edge));
  }

 private:
  std::vector<plan::CascadeEdge>& edges_;
};

void add_edges(Edges& edges, const std::vector<const ModelInfo*>& models, const RelationshipInfo& r) {
  const std::size_t owner = node_of(models, *r.owner);
  const std::size_t target = node_of(models, *r.target);
  const std::string label = r.metadata.label();
  const OnDelete action = r.metadata.config.delete_action();
  switch (r.metadata.kind) {
    case RelationshipKind::one_to_one:
    case RelationshipKind::one_to_many:
      edges.add(label, owner, "_id", target, r.foreign_stored, action);
      break;
    case RelationshipKind::belongs_to:
      // Said on the reference: what the removal of the object referred to does to this one.
      edges.add(label, target, "_id", owner, r.foreign_stored, action);
      break;
    case RelationshipKind::many_to_many: {
      const std::size_t join = node_of(models, *r.join);
      edges.add(label, owner, "_id", join, r.foreign_stored,
                action == OnDelete::restrict ? OnDelete::restrict : OnDelete::cascade);
      edges.add(label, target, "_id", join, r.second_stored, OnDelete::cascade);
      if (action == OnDelete::cascade) edges.add(label, join, r.second_stored, target, "_id", OnDelete::cascade);
      break;
    }
    case RelationshipKind::many_to_many_array:
      if (r.draft.on_owner) {
        edges.add(label, target, "_id", owner, r.foreign_stored, OnDelete::pull);
        if (action == OnDelete::cascade || action == OnDelete::restrict)
          edges.add(label, owner, r.foreign_stored, target, "_id", action);
      } else {
        const bool own = action == OnDelete::cascade || action == OnDelete::restrict;
        edges.add(label, owner, "_id", target, r.foreign_stored, own ? action : OnDelete::pull);
      }
      break;
  }
}

}  // namespace

plan::CascadeGraph cascade_graph(const std::vector<const ModelInfo*>& models) {
  plan::CascadeGraph graph;
  for (const ModelInfo* model : models) graph.nodes.push_back({model->name, model->collection});
  Edges edges(graph.edges);
  for (const ModelInfo* model : models)
    for (const auto& relationship : model->relationships) add_edges(edges, models, *relationship);
  std::erase_if(graph.edges, [](const plan::CascadeEdge& edge) { return edge.action == OnDelete::nothing; });
  return graph;
}

plan::CascadeGraph reference_graph(const std::vector<const ModelInfo*>& models) {
  plan::CascadeGraph graph;
  for (const ModelInfo* model : models) graph.nodes.push_back({model->name, model->collection});
  Edges edges(graph.edges);
  for (const ModelInfo* model : models)
    for (const auto& relationship : model->relationships) {
      const RelationshipInfo& r = *relationship;
      const std::size_t owner = node_of(models, *r.owner), target = node_of(models, *r.target);
      const bool array = r.metadata.kind == RelationshipKind::many_to_many_array;
      const std::string label = r.metadata.label();
      if (r.join) {
        const std::size_t join = node_of(models, *r.join);
        edges.add(label, owner, "_id", join, r.foreign_stored, OnDelete::nothing);
        edges.add(label, target, "_id", join, r.second_stored, OnDelete::nothing);
      } else {
        const bool held = r.draft.on_owner;
        edges.add(label, held ? target : owner, "_id", held ? owner : target, r.foreign_stored, OnDelete::nothing, array);
      }
    }
  return graph;
}

}  // namespace kinship::detail
