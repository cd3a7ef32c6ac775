// Addition and multiplication of Decimal128, rounded half to even at 34 digits as IEEE 754 has them.
#pragma once

#include "number.hpp"

namespace kinship::sqlite {

DecimalParts add(const DecimalParts& a, const DecimalParts& b) noexcept;
DecimalParts multiply(const DecimalParts& a, const DecimalParts& b) noexcept;

/// Integers exactly, doubles to 15 significant digits, decimals as they are.
DecimalParts to_decimal(bson::ValueView number) noexcept;

}  // namespace kinship::sqlite
