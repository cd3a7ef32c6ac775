// $bitsAllSet, $bitsAnySet, $bitsAllClear, $bitsAnyClear on integers and binary data.
#pragma once

#include "matcher_expression.hpp"

namespace kinship::sqlite {

enum class BitTest : std::uint8_t { all_set, any_set, all_clear, any_clear };

class BitsExpression final : public PathExpression {
 public:
  /// `operand`: a non-negative number, binary data or an array of bit positions; else code 2 or 9.
  BitsExpression(std::string_view path, std::string_view name, BitTest test, bson::ValueView operand);
  bool test(bson::ValueView value, MatchDetails*) const override;

 private:
  bool decide(bool any_set, bool any_clear) const noexcept;

  std::vector<std::uint32_t> positions_;
  BitTest test_;
};

}  // namespace kinship::sqlite
