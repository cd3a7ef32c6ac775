// Values as byte strings whose memcmp order is the order of `compare`; equal values of different number types give equal
// bytes. Self-delimiting, so keys of compound indexes are plain concatenations.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <kinship/value/bson.hpp>

namespace kinship::sqlite {

/// Written into every file; bump it when any byte of a key changes.
inline constexpr int key_encoding_version = 1;

/// Appends the key of `value` (missing: as null). `descending` inverts the bytes, so that order is reversed.
void append_key(std::string& out, bson::ValueView value, bool descending = false);

/// The key of one value by itself.
inline std::string encode_key(bson::ValueView value) {
  std::string key;
  append_key(key, value);
  return key;
}

/// The smallest prefix that sorts before every key of the value's bracket, and the first that sorts after all of them: for
/// ranges such as {$gt: 5} (up to the end of the numbers) or a scan of one type. One byte each.
char bracket_begin(bson::Type type, bool descending = false) noexcept;
char bracket_end(bson::Type type, bool descending = false) noexcept;

/// A prefix key for strings that begin with `prefix` (anchored regular expressions): the string's key without its
/// terminator.
void append_string_prefix(std::string& out, std::string_view prefix, bool descending = false);

}  // namespace kinship::sqlite
