// See matcher_bits.hpp. Integers are sign-extended, binary data zero-extended beyond their end.
#include "matcher_bits.hpp"

#include <algorithm>

#include "number.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

namespace {

void add_mask(std::vector<std::uint32_t>& positions, std::uint64_t mask) {
  for (std::uint32_t bit = 0; bit < 64; ++bit) {
    if (mask >> bit & 1) positions.push_back(bit);
  }
}

void add_bytes(std::vector<std::uint32_t>& positions, std::string_view bytes) {
  for (std::uint32_t bit = 0; bit < bytes.size() * 8; ++bit) {
    if (static_cast<unsigned char>(bytes[bit / 8]) >> bit % 8 & 1) positions.push_back(bit);
  }
}

std::uint32_t position(std::string_view name, ValueView value) {
  const auto number = value.is_number() ? exact_int64(value) : std::nullopt;
  if (!number || *number < 0 || *number > INT32_MAX) {
    fail(2, std::string(name) + " takes bit positions that are integers from 0 to 2147483647");
  }
  return static_cast<std::uint32_t>(*number);
}

}  // namespace

BitsExpression::BitsExpression(std::string_view path, std::string_view name, BitTest test, ValueView operand)
    : PathExpression(path), test_(test) {
  if (operand.is(Type::array)) {
    for (const auto& element : operand.as_document()) positions_.push_back(position(name, element.value));
  } else if (operand.is(Type::binary)) {
    add_bytes(positions_, operand.binary_bytes());
  } else if (operand.is_number()) {
    const auto mask = exact_int64(operand);
    if (!mask || *mask < 0) fail(9, std::string(name) + " takes a non-negative integer that fits in 64 bits as its mask");
    add_mask(positions_, static_cast<std::uint64_t>(*mask));
  } else {
    fail(2, std::string(name) + " of " + quoted(path) + " takes a number, an array of bit positions or binary data");
  }
}

bool BitsExpression::decide(bool any_set, bool any_clear) const noexcept {
  switch (test_) {
    case BitTest::all_set:
      return !any_clear;
    case BitTest::any_set:
      return any_set;
    case BitTest::all_clear:
      return !any_set;
    default:
      return any_clear;
  }
}

bool BitsExpression::test(ValueView value, MatchDetails*) const {
  bool any_set = false, any_clear = false;
  if (value.is(Type::binary)) {
    const auto bytes = value.binary_bytes();
    for (const std::uint32_t at : positions_) {
      const bool set = at / 8 < bytes.size() && (static_cast<unsigned char>(bytes[at / 8]) >> at % 8 & 1) != 0;
      (set ? any_set : any_clear) = true;
    }
    return decide(any_set, any_clear);
  }
  const auto number = value.is_number() ? exact_int64(value) : std::nullopt;
  if (!number) return false;
  for (const std::uint32_t at : positions_) {
    const bool set = static_cast<std::uint64_t>(*number) >> std::min(at, 63u) & 1;
    (set ? any_set : any_clear) = true;
  }
  return decide(any_set, any_clear);
}

}  // namespace kinship::sqlite
