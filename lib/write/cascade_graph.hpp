// The graph a cascade follows, from the mappings of all registered models, in both directions.
// Pure: metadata in, nodes and edges out.
#pragma once

#include <vector>

#include "model/model_info.hpp"
#include "plan/cascade_graph.hpp"

namespace kinship::detail {

plan::CascadeGraph cascade_graph(const std::vector<const ModelInfo*>& models);
/// Who refers to whom, whatever the policy: what follows when a key changes.
plan::CascadeGraph reference_graph(const std::vector<const ModelInfo*>& models);
std::size_t node_of(const std::vector<const ModelInfo*>& models, const ModelInfo& model);

}  // namespace kinship::detail
