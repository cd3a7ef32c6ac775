// A finite Decimal128 taken apart: sign, integer of up to 34 digits, power of ten.
// Private to the library; 128-bit integers are an extension both compilers have.
#pragma once

#include <cstdint>
#include <kinship/value/decimal128.hpp>

namespace kinship::detail {

__extension__ typedef unsigned __int128 uint128;

inline constexpr int decimal_bias = 6176, decimal_max_exponent = 6111, decimal_digits = 34;
inline constexpr uint128 decimal_limit =
    static_cast<uint128>(10'000'000'000'000'000u) * 1'000'000'000'000'000'000u;  // 10^34

struct DecimalParts {
  bool negative{};
  uint128 digits{};
  int exponent{};  // the value is digits * 10^exponent
};

inline DecimalParts take_apart(const Decimal128& value) noexcept {
  const std::uint64_t high = value.high();
  DecimalParts parts;
  parts.negative = value.is_negative();
  if ((high >> 61 & 3) == 3) {  // the large form: always above 34 digits, so the digits count as 0
    parts.exponent = static_cast<int>(high >> 47 & 0x3fff) - decimal_bias;
    return parts;
  }
  parts.exponent = static_cast<int>(high >> 49 & 0x3fff) - decimal_bias;
  parts.digits = static_cast<uint128>(high & 0x1'ffff'ffff'ffff) << 64 | value.low();
  if (parts.digits >= decimal_limit) parts.digits = 0;
  return parts;
}

inline Decimal128 put_together(const DecimalParts& parts) noexcept {
  const auto exponent = static_cast<std::uint64_t>(parts.exponent + decimal_bias);
  return Decimal128(
      static_cast<std::uint64_t>(parts.negative) << 63 | exponent << 49 | static_cast<std::uint64_t>(parts.digits >> 64),
      static_cast<std::uint64_t>(parts.digits));
}

inline int digit_count(uint128 digits) noexcept {
  int count = 0;
  for (; digits != 0; digits /= 10) ++count;
  return count;
}

}  // namespace kinship::detail
