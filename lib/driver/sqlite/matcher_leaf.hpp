// Tests of single values: comparison, $exists, $type, $mod, $regex.
#pragma once

#include "matcher_expression.hpp"
#include "regex.hpp"

namespace kinship::sqlite {

enum class Comparison : std::uint8_t { eq, gt, gte, lt, lte };

class ComparisonExpression final : public PathExpression {
 public:
  ComparisonExpression(std::string_view path, Comparison how, bson::ValueView operand);
  bool test(bson::ValueView value, MatchDetails*) const override;
  void collect(BoundsCollector& collector) const override;

 private:
  bool test_other_bracket(bson::ValueView value) const;
  bool allows_equal() const noexcept { return how_ == Comparison::eq || how_ == Comparison::gte || how_ == Comparison::lte; }

  bson::ValueView operand_;  // into the filter's bytes
  Comparison how_;
  std::uint8_t bracket_;
  bool nan_;
};

class ExistsExpression final : public PathExpression {
 public:
  explicit ExistsExpression(std::string_view path) : PathExpression(path) {}
  bool test(bson::ValueView value, MatchDetails*) const override { return !value.missing(); }
  void collect(BoundsCollector& collector) const override;
};

/// A set of BSON types.
class TypeSet {
 public:
  void add(bson::Type type) noexcept { bits_ |= bit(type); }
  bool has(bson::Type type) const noexcept { return (bits_ & bit(type)) != 0; }
  bool empty() const noexcept { return bits_ == 0; }

 private:
  static std::uint32_t bit(bson::Type type) noexcept {
    if (type == bson::Type::missing) return 0;
    if (type == bson::Type::max_key) return 1u << 30;
    if (type == bson::Type::min_key) return 1u << 31;
    return 1u << static_cast<int>(type);
  }
  std::uint32_t bits_{};
};

class TypeExpression final : public PathExpression {
 public:
  TypeExpression(std::string_view path, TypeSet types) : PathExpression(path), types_(types) {}
  bool test(bson::ValueView value, MatchDetails*) const override { return types_.has(value.type()); }

 private:
  TypeSet types_;
};

class ModExpression final : public PathExpression {
 public:
  ModExpression(std::string_view path, std::int64_t divisor, std::int64_t remainder)
      : PathExpression(path), divisor_(divisor), remainder_(remainder) {}
  bool test(bson::ValueView value, MatchDetails*) const override;

 private:
  std::int64_t divisor_, remainder_;
};

/// Strings that match, and stored regular expressions that are the same.
bool regex_accepts(const Regex& regex, bson::ValueView value);

class RegexExpression final : public PathExpression {
 public:
  RegexExpression(std::string_view path, Regex regex);
  bool test(bson::ValueView value, MatchDetails*) const override { return regex_accepts(regex_, value); }
  void collect(BoundsCollector& collector) const override;

 private:
  Regex regex_;
  bson::Document value_;  // the expression as a stored value, which it matches too
};

}  // namespace kinship::sqlite
