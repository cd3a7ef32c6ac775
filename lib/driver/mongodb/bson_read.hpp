// Reads of server replies, which are loose about types: numbers come as int32, int64 or double, true also as 1.
// All take missing fields, and values of another type as missing.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kinship/value/bson.hpp>
#include <kinship/value/object_id.hpp>

namespace kinship::mongodb {

inline std::optional<std::int64_t> read_integer(bson::ValueView value) noexcept {
  switch (value.type()) {
    case bson::Type::int32:
      return value.as_int32();
    case bson::Type::int64:
      return value.as_int64();
    case bson::Type::double_: {
      const double number = value.as_double();
      if (!(std::abs(number) < 9.2e18)) return std::nullopt;  // NaN, too
      return static_cast<std::int64_t>(number);
    }
    default:
      return std::nullopt;
  }
}

/// Within int; a number beyond it is taken as missing.
inline std::optional<int> read_int(bson::ValueView value) noexcept {
  const auto number = read_integer(value);
  if (!number || *number < INT32_MIN || *number > INT32_MAX) return std::nullopt;
  return static_cast<int>(*number);
}

inline bool read_bool(bson::ValueView value) noexcept {
  if (value.is(bson::Type::boolean)) return value.as_bool();
  return read_integer(value).value_or(0) != 0;
}

inline std::string_view read_text(bson::ValueView value) noexcept {
  return value.is(bson::Type::string) ? value.as_string() : std::string_view();
}

inline bson::DocumentView read_document(bson::ValueView value) noexcept {
  return value.is(bson::Type::document) || value.is(bson::Type::array) ? value.as_document() : bson::DocumentView();
}

inline std::vector<std::string> read_texts(bson::ValueView value) {
  std::vector<std::string> texts;
  for (const auto& element : read_document(value))
    if (element.value.is(bson::Type::string)) texts.emplace_back(element.value.as_string());
  return texts;
}

inline std::optional<ObjectId> read_object_id(bson::ValueView value) noexcept {
  if (!value.is(bson::Type::object_id)) return std::nullopt;
  ObjectId::Bytes bytes;
  std::memcpy(bytes.data(), value.as_object_id(), bytes.size());
  return ObjectId(bytes);
}

}  // namespace kinship::mongodb
