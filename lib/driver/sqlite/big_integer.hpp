// Just enough big arithmetic to say which double lies at or below a decimal number, exactly.
#pragma once

#include "number.hpp"

namespace kinship::sqlite {

/// 10^n, n up to 38.
uint128 power_of_ten(int n) noexcept;

/// The largest double not above coefficient x 10^exponent (coefficient > 0); `exact`: it is that number. DBL_MAX beyond the
/// range.
double truncated_double(uint128 coefficient, int exponent, bool& exact) noexcept;

}  // namespace kinship::sqlite
