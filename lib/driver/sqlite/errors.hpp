// SQLite's result codes as kinship::error, each with what can be done about it.
// Also which errors belong to one item of a write and which end the whole operation.
#pragma once

#include <string>

#include <kinship/error.hpp>

struct sqlite3;

namespace kinship::sqlite {

/// Throws for a failed call on `db` (may be null when opening failed); `doing` completes "while ...".
[[noreturn]] void throw_store_error(sqlite3* db, int code, const std::string& doing);

/// True for errors that one item of a batch may have (bad update, duplicate key); false for what ends the operation (disk
/// full, cancelled).
bool is_item_error(const error& e) noexcept;

}  // namespace kinship::sqlite
