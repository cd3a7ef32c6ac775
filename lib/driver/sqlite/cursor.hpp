// Cursors: one that pins a connection with its snapshot and runs on, one over a result that is already in memory.
// Both hold at most one batch ahead (none, in fact) and free what they hold when they go.
#pragma once

#include <memory>

#include "find.hpp"

namespace kinship::sqlite {

/// Runs the first batch on a connection of its own if the result can be streamed, on `connection` if it has to be sorted
/// first.
FindReply open_cursor(std::shared_ptr<Store> store, FindQuery query, Connection& connection, const Job& job);

/// Leaves the first `count` documents in `batch`, the rest goes into the cursor; null when there is no rest.
std::unique_ptr<Cursor> cut(Batch& batch, std::size_t count);

}  // namespace kinship::sqlite
