// A fixed-size unsigned integer of 2240 bits: the numbers compared here stay below 1100 + 160 bits.
#include "big_integer.hpp"

#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>

namespace kinship::sqlite {
namespace {

class BigInteger {
 public:
  explicit BigInteger(uint128 value) noexcept {
    for (; value != 0; value >>= 32) limbs_[size_++] = static_cast<std::uint32_t>(value);
  }

  void multiply(std::uint32_t factor) noexcept {
    std::uint64_t carry = 0;
    for (int i = 0; i < size_; ++i) {
      carry += static_cast<std::uint64_t>(limbs_[i]) * factor;
      limbs_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) limbs_[size_++] = static_cast<std::uint32_t>(carry);
  }

  void multiply_by_power_of_five(int n) noexcept {
    for (; n >= 13; n -= 13) multiply(1220703125u);  // 5^13, the largest below 2^32
    for (; n > 0; --n) multiply(5);
  }

  void shift_left(int bits) noexcept {
    for (; bits >= 31; bits -= 31) multiply(0x80000000u);
    if (bits > 0) multiply(1u << bits);
  }

  int compare(const BigInteger& other) const noexcept {
    if (size_ != other.size_) return size_ < other.size_ ? -1 : 1;
    for (int i = size_; i-- > 0;) {
      if (limbs_[i] != other.limbs_[i]) return limbs_[i] < other.limbs_[i] ? -1 : 1;
    }
    return 0;
  }

 private:
  std::uint32_t limbs_[70];
  int size_{};
};

// `value` (positive, finite) against coefficient x 10^exponent.
int compare_exactly(double value, uint128 coefficient, int exponent) noexcept {
  int binary_exponent = 0;
  const double fraction = std::frexp(value, &binary_exponent);
  BigInteger left(static_cast<std::uint64_t>(std::ldexp(fraction, 53)));
  BigInteger right(coefficient);
  if (exponent >= 0) {
    right.multiply_by_power_of_five(exponent);
  } else {
    left.multiply_by_power_of_five(-exponent);
  }
  const int shift = binary_exponent - 53 - exponent;
  if (shift >= 0) {
    left.shift_left(shift);
  } else {
    right.shift_left(-shift);
  }
  return left.compare(right);
}

int digit_count(uint128 value) noexcept {
  int count = 0;
  for (; value != 0; value /= 10) ++count;
  return count;
}

double nearest_double(uint128 coefficient, int exponent) noexcept {
  char text[64];
  char* at = text + 40;
  *at = 'e';
  const auto end = std::to_chars(at + 1, text + sizeof text, exponent).ptr;
  for (; coefficient != 0; coefficient /= 10) *--at = static_cast<char>('0' + static_cast<int>(coefficient % 10));
  double value = 0;
  const auto result = std::from_chars(at, end, value);
  if (result.ec == std::errc::result_out_of_range) return exponent > -300 ? DBL_MAX : 0.0;
  return value;
}

}  // namespace

uint128 power_of_ten(int n) noexcept {
  uint128 result = 1;
  for (; n > 0; --n) result *= 10;
  return result;
}

double truncated_double(uint128 coefficient, int exponent, bool& exact) noexcept {
  if (exponent == 0 && coefficient < static_cast<uint128>(1) << 53) {
    exact = true;
    return static_cast<double>(static_cast<std::uint64_t>(coefficient));
  }
  exact = false;
  const int magnitude = digit_count(coefficient) + exponent;
  if (magnitude > 310) return DBL_MAX;
  if (magnitude < -330) return 0;
  const double nearest = nearest_double(coefficient, exponent);
  if (nearest == 0) return 0;
  if (std::isinf(nearest)) return DBL_MAX;
  const int found = compare_exactly(nearest, coefficient, exponent);
  exact = found == 0;
  return found > 0 ? std::nextafter(nearest, 0.0) : nearest;
}

}  // namespace kinship::sqlite
