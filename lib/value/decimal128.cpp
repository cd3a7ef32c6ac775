// Decimal128 to and from text, following the BSON specification's grammar and its rule that nothing is rounded.
// Exponents out of range are met by moving zeros between digits and exponent where that is exact.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <kinship/error.hpp>
#include <kinship/value/decimal128.hpp>
#include <ostream>

#include "value/decimal_parts.hpp"

namespace kinship {
namespace {

using detail::DecimalParts;
using detail::uint128;

constexpr std::uint64_t nan_high = 0x7c00'0000'0000'0000, infinity_high = 0x7800'0000'0000'0000;

bool same_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((text[i] | 0x20) != lower[i]) return false;
  return true;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Brings exponent and digits into range without changing the value; false if that is impossible.
bool fit(DecimalParts& parts) {
  if (parts.digits == 0) {
    parts.exponent = std::min(std::max(parts.exponent, -detail::decimal_bias), detail::decimal_max_exponent);
    return true;
  }
  while (parts.exponent > detail::decimal_max_exponent) {
    if (parts.digits * 10 >= detail::decimal_limit) return false;
    parts.digits *= 10;
    --parts.exponent;
  }
  while (parts.exponent < -detail::decimal_bias) {
    if (parts.digits % 10 != 0) return false;
    parts.digits /= 10;
    ++parts.exponent;
  }
  return true;
}

// Digits with at most one point; counts how many stand behind it. Zeros beyond the 34th digit move into the exponent.
bool read_digits(std::string_view& text, DecimalParts& parts) {
  bool point = false, any = false;
  for (; !text.empty(); text.remove_prefix(1)) {
    if (text[0] == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(text[0])) break;
    any = true;
    const auto digit = static_cast<unsigned>(text[0] - '0');
    if (parts.digits < detail::decimal_limit / 10) {
      parts.digits = parts.digits * 10 + digit;
      parts.exponent -= point;
    } else {
      if (digit != 0) return false;
      parts.exponent += !point;
    }
  }
  return any;
}

bool read_exponent(std::string_view text, DecimalParts& parts) {
  if (text.empty()) return true;
  if ((text[0] | 0x20) != 'e') return false;
  text.remove_prefix(1);
  const bool minus = !text.empty() && text[0] == '-';
  if (minus || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  if (text.empty()) return false;
  int exponent = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    if (exponent < 100'000'000) exponent = exponent * 10 + (c - '0');
  }
  parts.exponent += minus ? -exponent : exponent;
  return true;
}

}  // namespace

Decimal128::Decimal128(std::int64_t value) noexcept {
  const auto magnitude = value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  *this = detail::put_together({value < 0, magnitude, 0});
}

Decimal128::Decimal128(std::string_view text) {
  const auto parsed = parse(text);
  if (!parsed)
    throw error(errc::type_mismatch, "'" + std::string(text.substr(0, 60)) +
                                         "' is not a Decimal128: write a number of up to 34 digits, such as 12.30 or 1E-3");
  *this = *parsed;
}

std::optional<Decimal128> Decimal128::parse(std::string_view text) noexcept {
  if (text.size() > 20'000) return std::nullopt;
  DecimalParts parts;
  parts.negative = !text.empty() && text[0] == '-';
  if (parts.negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  if (same_word(text, "nan")) return Decimal128(nan_high, 0);
  if (same_word(text, "inf") || same_word(text, "infinity"))
    return Decimal128(infinity_high | static_cast<std::uint64_t>(parts.negative) << 63, 0);
  if (!read_digits(text, parts) || !read_exponent(text, parts) || !fit(parts)) return std::nullopt;
  return detail::put_together(parts);
}

Decimal128 Decimal128::from_bytes(const std::uint8_t* bytes16) noexcept {
  std::uint64_t low, high;
  std::memcpy(&low, bytes16, 8);
  std::memcpy(&high, bytes16 + 8, 8);
  return Decimal128(high, low);
}

Decimal128::Bytes Decimal128::bytes() const noexcept {
  Bytes bytes;
  std::memcpy(bytes.data(), &low_, 8);
  std::memcpy(bytes.data() + 8, &high_, 8);
  return bytes;
}

bool Decimal128::is_zero() const noexcept { return !is_nan() && !is_infinite() && detail::take_apart(*this).digits == 0; }

std::string Decimal128::to_string() const {
  if (is_nan()) return "NaN";
  std::string text = is_negative() ? "-" : "";
  if (is_infinite()) return text + "Infinity";
  const DecimalParts parts = detail::take_apart(*this);
  std::string digits;
  for (uint128 rest = parts.digits; rest != 0; rest /= 10)
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  if (digits.empty()) digits = "0";
  const int count = static_cast<int>(digits.size()), scientific = parts.exponent + count - 1;
  if (parts.exponent > 0 || scientific < -6) {
    text += digits[0];
    if (count > 1) text += "." + digits.substr(1);
    return text + "E" + (scientific < 0 ? "" : "+") + std::to_string(scientific);
  }
  if (parts.exponent == 0) return text + digits;
  const int whole = count + parts.exponent;  // digits before the point
  if (whole > 0) return text + digits.insert(static_cast<std::size_t>(whole), ".");
  return text + "0." + std::string(static_cast<std::size_t>(-whole), '0') + digits;
}

double Decimal128::to_double() const { return std::strtod(to_string().c_str(), nullptr); }

Decimal128 Decimal128::canonical() const noexcept {
  if (is_nan()) return Decimal128(nan_high, 0);
  if (is_infinite()) return Decimal128(infinity_high | (high_ & 1ull << 63), 0);
  DecimalParts parts = detail::take_apart(*this);
  if (parts.digits == 0) return Decimal128();
  while (parts.digits % 10 == 0 && parts.exponent < detail::decimal_max_exponent) {
    parts.digits /= 10;
    ++parts.exponent;
  }
  return detail::put_together(parts);
}

std::ostream& operator<<(std::ostream& out, const Decimal128& value) { return out << value.to_string(); }

}  // namespace kinship
