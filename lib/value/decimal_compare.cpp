// Exact comparison of a Decimal128 with another, an integer or a double.
// Against doubles: sizes decide most pairs; the rest are multiplied out to whole numbers of at most some 1200 bits.
#include <cmath>
#include <kinship/value/decimal128.hpp>
#include <vector>

#include "value/decimal_parts.hpp"

namespace kinship {
namespace {

using detail::DecimalParts;
using detail::uint128;

// A whole number of any size, least word first.
class Whole {
 public:
  explicit Whole(uint128 value) {
    for (; value != 0; value >>= 32) words_.push_back(static_cast<std::uint32_t>(value));
  }
  void multiply(std::uint32_t factor) {
    std::uint64_t carry = 0;
    for (std::uint32_t& word : words_) {
      carry += static_cast<std::uint64_t>(word) * factor;
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) words_.push_back(static_cast<std::uint32_t>(carry));
  }
  void power(std::uint32_t base, int exponent) {
    for (; exponent > 0; --exponent) multiply(base);
  }
  void shift(int bits) {
    power(1u << 16, bits / 16);
    power(2, bits % 16);
  }
  int compare(const Whole& other) const {
    if (words_.size() != other.words_.size()) return words_.size() < other.words_.size() ? -1 : 1;
    for (std::size_t i = words_.size(); i-- > 0;)
      if (words_[i] != other.words_[i]) return words_[i] < other.words_[i] ? -1 : 1;
    return 0;
  }

 private:
  std::vector<std::uint32_t> words_;
};

// NaN 0, -Infinity 1, negative 2, zero 3, positive 4, Infinity 5.
int rank(const Decimal128& value) {
  if (value.is_nan()) return 0;
  if (value.is_infinite()) return value.is_negative() ? 1 : 5;
  if (value.is_zero()) return 3;
  return value.is_negative() ? 2 : 4;
}

int rank(double value) {
  if (std::isnan(value)) return 0;
  if (std::isinf(value)) return value < 0 ? 1 : 5;
  if (value == 0) return 3;
  return value < 0 ? 2 : 4;
}

int compare_magnitudes(DecimalParts a, DecimalParts b) {
  const int a_count = detail::digit_count(a.digits), b_count = detail::digit_count(b.digits);
  const int a_size = a_count + a.exponent, b_size = b_count + b.exponent;
  if (a_size != b_size) return a_size < b_size ? -1 : 1;
  for (int i = a_count; i < detail::decimal_digits; ++i) a.digits *= 10;
  for (int i = b_count; i < detail::decimal_digits; ++i) b.digits *= 10;
  return a.digits < b.digits ? -1 : a.digits > b.digits;
}

int compare_magnitudes(const DecimalParts& a, double b) {
  const int a_size = detail::digit_count(a.digits) + a.exponent;  // 10^(size-1) <= a < 10^size
  if (a_size > 310) return 1;
  if (a_size < -324) return -1;
  int exponent;
  const double fraction = std::frexp(std::fabs(b), &exponent);
  Whole left(a.digits), right(static_cast<std::uint64_t>(std::ldexp(fraction, 53)));
  exponent -= 53;
  left.power(10, a.exponent);
  right.power(10, -a.exponent);
  right.shift(exponent);
  left.shift(-exponent);
  return left.compare(right);
}

}  // namespace

int compare(const Decimal128& a, const Decimal128& b) noexcept {
  const int a_rank = rank(a), b_rank = rank(b);
  if (a_rank != b_rank) return a_rank < b_rank ? -1 : 1;
  if (a_rank != 2 && a_rank != 4) return 0;
  const int order = compare_magnitudes(detail::take_apart(a), detail::take_apart(b));
  return a_rank == 2 ? -order : order;
}

int compare(const Decimal128& a, std::int64_t b) noexcept { return compare(a, Decimal128(b)); }

int compare(const Decimal128& a, double b) {
  const int a_rank = rank(a), b_rank = rank(b);
  if (a_rank != b_rank) return a_rank < b_rank ? -1 : 1;
  if (a_rank != 2 && a_rank != 4) return 0;
  const int order = compare_magnitudes(detail::take_apart(a), b);
  return a_rank == 2 ? -order : order;
}

}  // namespace kinship
