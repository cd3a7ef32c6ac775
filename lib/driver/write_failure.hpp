// A failed item of a write as the exception callers see.
// One place decides what a server code means.
#pragma once

#include <string>

#include <kinship/driver/driver.hpp>
#include <kinship/error.hpp>

namespace kinship::detail {

/// What a server code means to a caller, of those that every store has: `store` for any other.
errc meaning_of_code(int code) noexcept;

/// Throws the first failed item of the reply, if there is one: `duplicate_key` with collection, index and key, `conflict`,
/// `invalid_query` for what the store refuses to do, else `store`. Model, relationship and operation come from `context`.
/// The outcome is `partial` if another item was applied, unless a transaction will undo it.
void throw_if_failed(const WriteReply& reply, const std::string& collection, ErrorContext context,
                     bool in_transaction = false);

}  // namespace kinship::detail
