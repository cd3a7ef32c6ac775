// Percent-decoding of the parts of a URI.
// A "+" stays a "+": these are no web forms.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "value/hex.hpp"

namespace kinship::mongodb {

/// Nullopt where a "%" is not followed by two hexadecimal digits.
inline std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = detail::hex_digit(text[i + 1]), low = detail::hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

}  // namespace kinship::mongodb
