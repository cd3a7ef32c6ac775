// Works on arrays of decimal digits: slow beside binary tricks, short enough to be seen right.
#include "decimal_arithmetic.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

#include "big_integer.hpp"

namespace kinship::sqlite {
namespace {

using Kind = DecimalParts::Kind;
constexpr int precision = 34;
constexpr int least_exponent = -6176;
constexpr int most_exponent = 6111;

// Digits, least significant first; no zeros on top.
using DigitArray = std::vector<std::uint8_t>;

DigitArray digits_of(uint128 value) {
  DigitArray out;
  for (; value != 0; value /= 10) out.push_back(static_cast<std::uint8_t>(value % 10));
  return out;
}

void trim(DigitArray& digits) {
  while (!digits.empty() && digits.back() == 0) digits.pop_back();
}

int compare_digits(const DigitArray& a, const DigitArray& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

DigitArray sum(const DigitArray& a, const DigitArray& b) {
  DigitArray out;
  int carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
    carry += (i < a.size() ? a[i] : 0) + (i < b.size() ? b[i] : 0);
    out.push_back(static_cast<std::uint8_t>(carry % 10));
    carry /= 10;
  }
  return out;
}

// a - b; a is not smaller.
DigitArray difference(const DigitArray& a, const DigitArray& b) {
  DigitArray out;
  int borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    int digit = a[i] - borrow - (i < b.size() ? b[i] : 0);
    borrow = digit < 0;
    out.push_back(static_cast<std::uint8_t>(digit + 10 * borrow));
  }
  trim(out);
  return out;
}

// Drops `count` low digits, half to even.
void round_off(DigitArray& digits, std::size_t count) {
  if (count == 0) return;
  if (count > digits.size()) return digits.clear();
  const int first = digits[count - 1];
  const bool more =
      std::any_of(digits.begin(), digits.begin() + static_cast<std::ptrdiff_t>(count - 1), [](int d) { return d != 0; });
  digits.erase(digits.begin(), digits.begin() + static_cast<std::ptrdiff_t>(count));
  const bool odd = !digits.empty() && digits.front() % 2 != 0;
  if (first > 5 || (first == 5 && (more || odd))) digits = sum(digits, {1});
}

DecimalParts finish(DigitArray digits, int exponent, bool negative) {
  DecimalParts out;
  out.negative = negative;
  trim(digits);
  const int excess = static_cast<int>(digits.size()) - precision;
  const int drop = std::max({excess, least_exponent - exponent, 0});
  if (drop > 0 && !digits.empty()) {
    round_off(digits, static_cast<std::size_t>(drop));
    exponent += drop;
    trim(digits);
    if (static_cast<int>(digits.size()) > precision) {  // 99...9 became 100...0
      digits.erase(digits.begin());
      ++exponent;
    }
  }
  while (exponent > most_exponent && !digits.empty() && static_cast<int>(digits.size()) < precision) {
    digits.insert(digits.begin(), 0);
    --exponent;
  }
  if (exponent > most_exponent && !digits.empty()) {
    out.kind = Kind::infinity;
    return out;
  }
  for (std::size_t i = digits.size(); i-- > 0;) out.coefficient = out.coefficient * 10 + digits[i];
  out.exponent = std::clamp(exponent, least_exponent, most_exponent);
  return out;
}

DecimalParts not_a_number() {
  DecimalParts out;
  out.kind = Kind::nan;
  return out;
}

}  // namespace

DecimalParts add(const DecimalParts& a, const DecimalParts& b) noexcept {
  if (a.kind == Kind::nan || b.kind == Kind::nan) return not_a_number();
  if (a.kind == Kind::infinity || b.kind == Kind::infinity) {
    if (a.kind == b.kind && a.negative != b.negative) return not_a_number();
    return a.kind == Kind::infinity ? a : b;
  }
  const DecimalParts& high = a.exponent >= b.exponent ? a : b;
  const DecimalParts& low = a.exponent >= b.exponent ? b : a;
  DigitArray top = digits_of(high.coefficient), bottom = digits_of(low.coefficient);
  int exponent = low.exponent;
  const int gap = high.exponent - low.exponent;
  // Far below the last digit that counts, the smaller number only says on which side of it the sum lies.
  constexpr int reach = 2 * precision + 4;
  if (gap > reach && !top.empty()) {
    top.insert(top.begin(), static_cast<std::size_t>(reach), 0);
    exponent = high.exponent - reach;
    bottom = bottom.empty() ? DigitArray{} : DigitArray{1};
    if (bottom.empty()) {  // a zero only lowers the exponent, as far as 34 digits go
      DigitArray padded = digits_of(high.coefficient);
      const int room = std::min(gap, precision - static_cast<int>(padded.size()));
      padded.insert(padded.begin(), static_cast<std::size_t>(std::max(room, 0)), 0);
      return finish(std::move(padded), high.exponent - std::max(room, 0), high.negative);
    }
  } else if (!top.empty()) {
    top.insert(top.begin(), static_cast<std::size_t>(gap), 0);
  }
  if (a.negative == b.negative) return finish(sum(top, bottom), exponent, a.negative);
  const int order = compare_digits(top, bottom);
  if (order == 0) return finish({}, exponent, false);
  return order > 0 ? finish(difference(top, bottom), exponent, high.negative)
                   : finish(difference(bottom, top), exponent, low.negative);
}

DecimalParts multiply(const DecimalParts& a, const DecimalParts& b) noexcept {
  if (a.kind == Kind::nan || b.kind == Kind::nan) return not_a_number();
  const bool negative = a.negative != b.negative;
  if (a.kind == Kind::infinity || b.kind == Kind::infinity) {
    const bool zero = (a.kind == Kind::finite && a.coefficient == 0) || (b.kind == Kind::finite && b.coefficient == 0);
    if (zero) return not_a_number();
    DecimalParts out;
    out.kind = Kind::infinity;
    out.negative = negative;
    return out;
  }
  const DigitArray x = digits_of(a.coefficient), y = digits_of(b.coefficient);
  std::vector<int> columns(x.size() + y.size() + 1);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < y.size(); ++j) columns[i + j] += x[i] * y[j];
  }
  DigitArray digits;
  int carry = 0;
  for (const int column : columns) {
    carry += column;
    digits.push_back(static_cast<std::uint8_t>(carry % 10));
    carry /= 10;
  }
  return finish(std::move(digits), a.exponent + b.exponent, negative);
}

DecimalParts to_decimal(bson::ValueView number) noexcept {
  if (number.is(bson::Type::decimal128)) return decimal_parts(number.data());
  DecimalParts out;
  if (!number.is(bson::Type::double_)) {
    const std::int64_t value = number.is(bson::Type::int32) ? number.as_int32() : number.as_int64();
    out.negative = value < 0;
    out.coefficient = value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
    return out;
  }
  const double value = number.as_double();
  if (std::isnan(value)) return not_a_number();
  out.negative = std::signbit(value);
  if (std::isinf(value)) {
    out.kind = Kind::infinity;
    return out;
  }
  if (value == 0) return out;
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::scientific, 14).ptr;
  const char* at = text;
  for (; at != end && *at != 'e'; ++at) {
    if (*at != '.') out.coefficient = out.coefficient * 10 + static_cast<unsigned>(*at - '0');
  }
  if (at != end && at[1] == '+') ++at;
  std::from_chars(at + 1, end, out.exponent);
  out.exponent -= 14;
  while (out.coefficient % 10 == 0) {  // 1.5, not 1.50000000000000
    out.coefficient /= 10;
    ++out.exponent;
  }
  if (out.exponent > 0 && out.exponent <= 15) {  // 100, not 1E+2
    out.coefficient *= power_of_ten(out.exponent);
    out.exponent = 0;
  }
  return out;
}

}  // namespace kinship::sqlite
