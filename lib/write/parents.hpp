// validate: a child is stored only while its parent exists, and a parent removed meanwhile conflicts.
// Checked in the transaction that writes the child.
#pragma once

#include "engine/engine.hpp"

namespace kinship::detail {

/// Whether a reference of the model, or the relationship on its other side, says validate.
bool validates_parents(const ModelInfo& model);
/// Throws `not_found` naming the first missing parent of these documents; touches the parents where the store would not
/// notice otherwise. `documents` must outlive the call.
awaitable<void> check_parents(ScopePtr scope, const ModelInfo* model, const std::vector<bson::Document>* documents);

}  // namespace kinship::detail
