// Number heads and exact comparison; see number.hpp.
#include "number.hpp"

#include <cmath>
#include <cstring>

#include "big_integer.hpp"

namespace kinship::sqlite {
namespace {

using bson::Type;
using bson::ValueView;

constexpr double two_63 = 9223372036854775808.0;

std::uint64_t ordered_bits(double value) noexcept {
  if (value == 0) value = 0;  // -0.0 too
  std::uint64_t bits;
  std::memcpy(&bits, &value, 8);
  return bits >> 63 ? ~bits : bits | 0x8000000000000000u;
}

NumberHead head_of(double value) noexcept {
  if (std::isnan(value)) return {0, 0};
  return {ordered_bits(value), 0};
}

NumberHead head_of(std::int64_t value) noexcept {
  const double nearest = static_cast<double>(value);
  // 2^63 does not fit back, and int64 never rounds below -2^63.
  const std::int64_t back = nearest >= two_63 ? INT64_MAX : static_cast<std::int64_t>(nearest);
  if (nearest < two_63 && back == value) return {ordered_bits(nearest), 0};
  const bool too_far = value > 0 ? (nearest >= two_63 || back > value) : back < value;
  return {ordered_bits(too_far ? std::nextafter(nearest, 0.0) : nearest), value > 0 ? 1 : -1};
}

NumberHead head_of(const DecimalParts& parts) noexcept {
  using Kind = DecimalParts::Kind;
  if (parts.kind == Kind::nan) return {0, 0};
  const double sign = parts.negative ? -1.0 : 1.0;
  if (parts.kind == Kind::infinity) return {ordered_bits(sign * INFINITY), 0};
  if (parts.coefficient == 0) return {ordered_bits(0.0), 0};
  bool exact = false;
  const double magnitude = truncated_double(parts.coefficient, parts.exponent, exact);
  return {ordered_bits(sign * magnitude), exact ? 0 : parts.negative ? -1 : 1};
}

int order(std::int64_t a, std::int64_t b) noexcept { return a < b ? -1 : a > b; }

int order(double a, double b) noexcept {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a == b) return 0;
  return static_cast<int>(std::isnan(b)) - static_cast<int>(std::isnan(a));
}

int order(std::int64_t a, double b) noexcept {
  if (std::isnan(b)) return 1;
  if (b >= two_63) return -1;
  if (b < -two_63) return 1;
  const auto whole = static_cast<std::int64_t>(b);
  if (whole != a) return a < whole ? -1 : 1;
  const double fraction = b - static_cast<double>(whole);
  return fraction > 0 ? -1 : fraction < 0;
}

bool is_integer(ValueView value) noexcept { return value.is(Type::int32) || value.is(Type::int64); }
std::int64_t integer(ValueView value) noexcept { return value.is(Type::int32) ? value.as_int32() : value.as_int64(); }

int order_by_digits(ValueView a, ValueView b, int sign) noexcept {
  const Digits x = decimal_digits(a), y = decimal_digits(b);
  if (x.exponent != y.exponent) return x.exponent < y.exponent ? -sign : sign;
  const int common = x.count < y.count ? x.count : y.count;
  if (const int found = std::memcmp(x.digit, y.digit, static_cast<std::size_t>(common))) return found < 0 ? -sign : sign;
  return x.count == y.count ? 0 : x.count < y.count ? -sign : sign;
}

}  // namespace

DecimalParts decimal_parts(const std::uint8_t* bytes16) noexcept {
  std::uint64_t low, high;
  std::memcpy(&low, bytes16, 8);
  std::memcpy(&high, bytes16 + 8, 8);
  DecimalParts parts;
  parts.negative = high >> 63;
  if ((high >> 61 & 3) == 3) {
    if ((high >> 59 & 3) == 3) {
      parts.kind = high >> 58 & 1 ? DecimalParts::Kind::nan : DecimalParts::Kind::infinity;
      return parts;
    }
    parts.exponent = static_cast<std::int32_t>(high >> 47 & 0x3fff) - 6176;  // a coefficient beyond 34 digits counts as 0
    return parts;
  }
  parts.exponent = static_cast<std::int32_t>(high >> 49 & 0x3fff) - 6176;
  parts.coefficient = static_cast<uint128>(high & 0x1ffffffffffffu) << 64 | low;
  if (parts.coefficient >= power_of_ten(34)) parts.coefficient = 0;
  return parts;
}

std::array<std::uint8_t, 16> decimal_bytes(const DecimalParts& parts) noexcept {
  std::uint64_t low = 0, high = 0;
  if (parts.kind == DecimalParts::Kind::nan) {
    high = 0x7c00000000000000u;
  } else if (parts.kind == DecimalParts::Kind::infinity) {
    high = 0x7800000000000000u;
  } else {
    low = static_cast<std::uint64_t>(parts.coefficient);
    high = static_cast<std::uint64_t>(parts.coefficient >> 64) | static_cast<std::uint64_t>(parts.exponent + 6176) << 49;
  }
  if (parts.negative) high |= 0x8000000000000000u;
  std::array<std::uint8_t, 16> bytes;
  std::memcpy(bytes.data(), &low, 8);
  std::memcpy(bytes.data() + 8, &high, 8);
  return bytes;
}

NumberHead number_head(ValueView number) noexcept {
  switch (number.type()) {
    case Type::int32:
      return {ordered_bits(number.as_int32()), 0};
    case Type::int64:
      return head_of(number.as_int64());
    case Type::double_:
      return head_of(number.as_double());
    default:
      return head_of(decimal_parts(number.data()));
  }
}

Digits decimal_digits(ValueView number) noexcept {
  uint128 magnitude = 0;
  int exponent = 0;
  if (is_integer(number)) {
    const auto value = static_cast<std::uint64_t>(integer(number));
    magnitude = integer(number) < 0 ? ~value + 1 : value;
  } else {
    const DecimalParts parts = decimal_parts(number.data());
    magnitude = parts.coefficient;
    exponent = parts.exponent;
  }
  Digits out;
  for (; magnitude != 0; magnitude /= 10) out.digit[out.count++] = static_cast<std::uint8_t>(magnitude % 10);
  out.exponent = exponent + out.count;
  for (int i = 0; i < out.count / 2; ++i) std::swap(out.digit[i], out.digit[out.count - 1 - i]);
  while (out.count > 0 && out.digit[out.count - 1] == 0) --out.count;
  return out;
}

int compare_numbers(ValueView a, ValueView b) noexcept {
  if (!a.is(Type::decimal128) && !b.is(Type::decimal128)) {
    if (is_integer(a)) return is_integer(b) ? order(integer(a), integer(b)) : order(integer(a), b.as_double());
    return is_integer(b) ? -order(integer(b), a.as_double()) : order(a.as_double(), b.as_double());
  }
  const NumberHead x = number_head(a), y = number_head(b);
  if (x.ordered != y.ordered) return x.ordered < y.ordered ? -1 : 1;
  if (x.rest != y.rest) return x.rest < y.rest ? -1 : 1;
  return x.rest == 0 ? 0 : order_by_digits(a, b, x.rest);
}

std::optional<std::int64_t> truncate_to_int64(ValueView number) noexcept {
  if (is_integer(number)) return integer(number);
  if (number.is(Type::double_)) {
    const double value = number.as_double();
    if (!(value < two_63 && value >= -two_63)) return std::nullopt;
    return static_cast<std::int64_t>(value);
  }
  const DecimalParts parts = decimal_parts(number.data());
  if (parts.kind != DecimalParts::Kind::finite) return std::nullopt;
  uint128 magnitude = parts.coefficient;
  if (parts.exponent < 0) {
    magnitude = parts.exponent < -34 ? 0 : magnitude / power_of_ten(-parts.exponent);
  } else if (magnitude != 0) {
    if (parts.exponent > 19 || magnitude > power_of_ten(19)) return std::nullopt;
    magnitude *= power_of_ten(parts.exponent);
  }
  constexpr uint128 limit = static_cast<uint128>(1) << 63;
  if (magnitude > limit || (magnitude == limit && !parts.negative)) return std::nullopt;
  const auto low = static_cast<std::uint64_t>(magnitude);
  return static_cast<std::int64_t>(parts.negative ? ~low + 1 : low);
}

std::optional<std::int64_t> exact_int64(ValueView number) noexcept {
  const auto whole = truncate_to_int64(number);
  if (!whole || is_integer(number)) return whole;
  const std::int64_t copy = *whole;
  const ValueView as_int(Type::int64, reinterpret_cast<const std::uint8_t*>(&copy), 8);
  return compare_numbers(number, as_int) == 0 ? whole : std::nullopt;
}

}  // namespace kinship::sqlite
