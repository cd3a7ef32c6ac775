// What a Query<T> says, as plain data. Shared and immutable once it runs.
// Of a relationship query `relation` holds the owner; of a model query `scope` the handle.
#pragma once

#include <optional>

#include <kinship/relationship/query_base.hpp>

#include "engine/scope.hpp"
#include "model/model_info.hpp"

namespace kinship::detail {

struct QueryData {
  ScopePtr scope{};
  const ModelInfo* model{};  // null: of a relation, found when it runs
  std::optional<Handle> relation{};
  Condition condition{};
  OrderBy order{};
  std::uint64_t skip{};
  std::uint64_t limit{};
  std::chrono::milliseconds timeout{};
  Projection projection{};
  std::vector<Path> paths{};
  bool strict{};
};

}  // namespace kinship::detail
