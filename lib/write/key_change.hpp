// A changed key: stores never change an `_id`, so the document moves to its new key and what refers to it follows, on
// every level, in one transaction.
#pragma once

#include "engine/engine.hpp"
#include "model/model_info.hpp"

namespace kinship::detail {

/// The key a resolved update sets; missing when it sets none.
bson::ValueView key_set_by(const bson::Document& update);

/// Executes an update that sets the key, and returns how many matched. At most one document may (`invalid_query`); a key
/// that is taken is `duplicate_key`; a store without transactions is `unsupported`. Round trips grow with relationships.
awaitable<std::uint64_t> update_key(ScopePtr scope, const ModelInfo* model, bson::Document filter, bson::Document update,
                                    Trace trace);

}  // namespace kinship::detail
