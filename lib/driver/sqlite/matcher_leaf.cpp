// Tests of single values; see matcher_leaf.hpp.
#include "matcher_leaf.hpp"

#include "compare.hpp"
#include "matcher_bounds.hpp"
#include "number.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

ComparisonExpression::ComparisonExpression(std::string_view path, Comparison how, ValueView operand)
    : PathExpression(path), operand_(operand), how_(how), bracket_(type_bracket(operand.type())), nan_(is_nan(operand)) {}

// MinKey and MaxKey are the only operands that compare with everything.
bool ComparisonExpression::test_other_bracket(ValueView) const {
  if (operand_.is(Type::min_key)) return how_ == Comparison::gt || how_ == Comparison::gte;
  if (operand_.is(Type::max_key)) return how_ == Comparison::lt || how_ == Comparison::lte;
  return false;
}

bool ComparisonExpression::test(ValueView value, MatchDetails*) const {
  if (value.type() != operand_.type() && type_bracket(value.type()) != bracket_) return test_other_bracket(value);
  if (how_ == Comparison::eq) {
    if (value.is(Type::string) && operand_.is(Type::string)) return value == operand_;
    return compare(value, operand_) == 0;
  }
  if (nan_ || is_nan(value)) return allows_equal() && nan_ && is_nan(value);
  const int found = compare(value, operand_);
  switch (how_) {
    case Comparison::gt:
      return found > 0;
    case Comparison::gte:
      return found >= 0;
    case Comparison::lt:
      return found < 0;
    default:
      return found <= 0;
  }
}

void ComparisonExpression::collect(BoundsCollector& collector) const {
  const bool special = operand_.is(Type::min_key) || operand_.is(Type::max_key) || operand_.is(Type::array);
  if (special && !(how_ == Comparison::eq && !operand_.is(Type::array))) return collector.not_alone();
  if (how_ == Comparison::eq) return collector.add(path(), BoundOp::eq, operand_, !operand_.is(Type::null));
  if (operand_.is(Type::null) || nan_) {  // only the equal half of >= and <= can hold
    return allows_equal() ? collector.add(path(), BoundOp::eq, operand_, false) : collector.never();
  }
  constexpr BoundOp ops[] = {BoundOp::eq, BoundOp::gt, BoundOp::gte, BoundOp::lt, BoundOp::lte};
  collector.add(path(), ops[static_cast<int>(how_)], operand_, false);
}

void ExistsExpression::collect(BoundsCollector& collector) const {
  collector.add(path(), BoundOp::exists, ValueView{}, false);
}

bool ModExpression::test(ValueView value, MatchDetails*) const {
  if (!value.is_number()) return false;
  const auto dividend = truncate_to_int64(value);
  if (!dividend) return false;
  if (divisor_ == -1) return remainder_ == 0;  // INT64_MIN % -1 overflows
  return *dividend % divisor_ == remainder_;
}

bool regex_accepts(const Regex& regex, ValueView value) {
  if (value.is(Type::string) || value.is(Type::symbol)) return regex.matches(value.as_string());
  return value.is(Type::regex) && value.regex_pattern() == regex.pattern() && value.regex_options() == regex.options();
}

RegexExpression::RegexExpression(std::string_view path, Regex regex)
    : PathExpression(path),
      regex_(std::move(regex)),
      value_(bson::Builder().append_regex("", regex_.pattern(), regex_.options()).finish()) {}

void RegexExpression::collect(BoundsCollector& collector) const {
  if (regex_.prefix().empty()) return collector.not_alone();
  collector.add(path(), BoundOp::regex_prefix, value_.view().begin()->value, false, regex_.prefix());
}

}  // namespace kinship::sqlite
