// Children: fetched documents as objects in a cohort of their own, with ranges for their owners and back-references.
// Also loads what loads with its owner, in batch, and stops at a model already on the path.
#pragma once

#include <vector>

#include <kinship/relationship/path.hpp>

#include "relationship/fetch.hpp"

namespace kinship::detail {

/// Models on the way from the root, for relationships that load with their owner.
class ModelPath {
 public:
  ModelPath() = default;
  ModelPath with(const ModelInfo& model) const {
    ModelPath longer = *this;
    longer.models_.push_back(&model);
    return longer;
  }
  bool has(const ModelInfo& model) const {
    for (const ModelInfo* one : models_)
      if (one == &model) return true;
    return false;
  }

 private:
  std::vector<const ModelInfo*> models_{};
};

/// Objects of what was fetched, in a cohort in `scope`. `ordinals` are the owners' in `owners`' cohort.
awaitable<std::shared_ptr<const LoadedWindow>> children_of(ScopePtr scope, std::shared_ptr<Cohort> owners,
                                                           const RelationshipInfo* relationship, Fetched fetched,
                                                           std::vector<std::uint32_t> ordinals, bool partial);
/// Objects of documents that are nobody's children: join rows.
awaitable<LoadedRange> rows_of(ScopePtr scope, const ModelInfo& model, Fetched fetched);

/// The rows of one window of a cohort, fetched and decoded, with all that loads with them.
awaitable<std::shared_ptr<const LoadedWindow>> window_rows(std::shared_ptr<Cohort> cohort,
                                                           const RelationshipInfo* relationship, std::size_t window,
                                                           Narrowing narrowing, ModelPath path);

/// Loads paths for a whole cohort (`with`), and relationships that say lazy_load = false.
awaitable<void> load_paths(std::shared_ptr<Cohort> cohort, std::vector<Path> paths, ModelPath on_path);

/// A step's own condition, order and limit, resolved against its target.
Narrowing narrowing_of(const StepData& step);

}  // namespace kinship::detail
