// What a member is to the store: the facts by which conditions parse text and errors say what was expected.
// Plain data, made at compile time by the codecs.
#pragma once

#include <cstdint>
#include <string_view>

namespace kinship {

enum class FieldKind : std::uint8_t {
  any,
  boolean,
  integer,
  floating,
  string,
  object_id,
  uuid,
  date,
  decimal128,
  binary,
  id,
  document,
  array,
  map,
  json
};

struct FieldType {
  FieldKind kind{FieldKind::any};
  FieldKind element{FieldKind::any};  // of an array's elements or a map's values
  bool optional{};                    // nullopt is stored absent; null reads as nullopt
  const char* name{"any"};            // for messages: "int32", "string", "ObjectId", ...
};

/// "boolean", "integer", "string", ...
std::string_view to_string(FieldKind kind) noexcept;

}  // namespace kinship
