// What few operations ask for, in MongoDB's words. Behind one pointer of OperationContext, so that the many that ask for
// none of it pay nothing for it.
#pragma once

#include <chrono>
#include <cstdint>

#include <kinship/value/bson.hpp>

namespace kinship {

/// What the deadline of an operation with a cursor is for: one by default and on purpose, each batch anew.
enum class CursorTime : std::uint8_t { usual, whole_cursor, each_batch };

/// A store may leave out what changes no result (a comment, `maxTimeMS`, `allowDiskUse`, ...) and refuses what it cannot do
/// with `unsupported`.
struct OperationExtras {
  /// Further fields of the command: {"let": {...}, "hint": {"a": 1}, "comment": {...}, "allowDiskUse": true}. They may say
  /// again what the context holds (a hint, a comment, a collation), and then count instead.
  bson::Document fields{};
  bson::Document write_concern{};    // beside `w`: {"j": true, "wtimeout": 500}
  bson::Document read_preference{};  // beside the mode: {"maxStalenessSeconds": 120, "tags": [{...}]}
  /// How long the server may work on it, or on the end of the transaction that begins; a deadline goes before it. 0: no
  /// limit.
  std::chrono::milliseconds max_time{};
  /// How long the server waits for news when a cursor that does not end (`tailable`, a change stream) is asked for more. It
  /// must be shorter than the time up to the deadline. Such a cursor's empty batch means: nothing new yet.
  std::chrono::milliseconds max_await_time{};
  CursorTime cursor_time{};
};

}  // namespace kinship
