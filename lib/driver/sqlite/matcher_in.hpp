// $in: membership in a set of any size, in constant time, plus the regular expressions in it.
#pragma once

#include "matcher_expression.hpp"
#include "regex.hpp"

namespace kinship::sqlite {

/// Values by the equality of compare(). Borrowed: whoever fills it keeps the bytes.
class ValueSet {
 public:
  void reserve(std::size_t count);
  void insert(bson::ValueView value);
  bool contains(bson::ValueView value) const;
  std::size_t size() const noexcept { return size_; }

 private:
  static std::uint64_t hash(bson::ValueView value);
  bool place(bson::ValueView value, std::uint64_t hash);

  struct Slot {
    bson::ValueView value;
    std::uint64_t hash{};
  };
  std::vector<Slot> slots_;  // open addressing; a missing value is an empty slot
  std::size_t size_{};
};

class InExpression final : public PathExpression {
 public:
  /// `operand`: the $in array. Operators inside are code 2.
  InExpression(std::string_view path, bson::ValueView operand);
  bool test(bson::ValueView value, MatchDetails*) const override;
  void collect(BoundsCollector& collector) const override;

 private:
  ValueSet values_;
  std::vector<Regex> regexes_;
  bson::ValueView operand_;
  bool has_null_{};
  bool has_array_{};
};

}  // namespace kinship::sqlite
