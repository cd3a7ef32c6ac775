// The search for a field by name, inline: every filter, sort, index and projection begins with it, thousands of times a
// query.
#pragma once

#include <cstring>
#include <string_view>

#include <kinship/value/bson.hpp>

namespace kinship::sqlite {

/// As `document.find(name)`; `name` holds no NUL byte.
inline bson::ValueView find_field(bson::DocumentView document, std::string_view name) noexcept {
  const std::uint8_t* at = document.data() + 4;
  for (;;) {
    const std::uint8_t type = *at++;
    if (type == 0) return {};
    std::size_t same = 0;
    while (same < name.size() && at[same] == static_cast<std::uint8_t>(name[same])) ++same;
    const bool found = same == name.size() && at[same] == 0;
    at += same;
    while (*at != 0) ++at;
    ++at;
    std::uint32_t size = type < 20 ? bson::detail::fixed_sizes[type] : 0;
    if (size == 0xff) size = bson::payload_size(static_cast<bson::Type>(type), at);
    if (found) return {static_cast<bson::Type>(type), at, size};
    at += size;
  }
}

}  // namespace kinship::sqlite
