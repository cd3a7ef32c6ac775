// Exact views of BSON numbers: a Decimal128 taken apart, and every number as the double at or below it in magnitude plus
// what that leaves out. Key encoding, comparison and hashing of the four number types rest on this.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <kinship/value/bson.hpp>

namespace kinship::sqlite {

__extension__ typedef unsigned __int128 uint128;

struct DecimalParts {
  enum class Kind : std::uint8_t { finite, infinity, nan };
  uint128 coefficient{};    // below 10^34
  std::int32_t exponent{};  // -6176 ... 6111
  Kind kind{Kind::finite};
  bool negative{};
};

DecimalParts decimal_parts(const std::uint8_t* bytes16) noexcept;
std::array<std::uint8_t, 16> decimal_bytes(const DecimalParts& parts) noexcept;

/// A number as `sign(inside) * |truncated| + something`: `ordered` are the bits of the double nearest below in magnitude,
/// arranged so that they order as integers; `rest` is 0 when that is the number, else the sign of what is left over.
struct NumberHead {
  std::uint64_t ordered{};
  int rest{};
};

/// Any of the four number types; NaN is {0, 0}.
NumberHead number_head(bson::ValueView number) noexcept;

/// The magnitude as decimal digits without trailing zeros, most significant first: 0.DIGITS x 10^exponent. For numbers whose
/// head leaves a rest.
struct Digits {
  std::uint8_t digit[40];
  int count{};
  int exponent{};
};
Digits decimal_digits(bson::ValueView number) noexcept;

/// Exact comparison of two numbers of any types.
int compare_numbers(bson::ValueView a, bson::ValueView b) noexcept;

/// The number rounded toward zero as int64; nothing for NaN, infinities and what does not fit.
std::optional<std::int64_t> truncate_to_int64(bson::ValueView number) noexcept;
/// The number as int64 if it is integral and fits.
std::optional<std::int64_t> exact_int64(bson::ValueView number) noexcept;

}  // namespace kinship::sqlite
