// See matcher_parse_leaf.hpp. Codes and refusals are those of mongodb/mongo's expression_parser.cpp.
#include "matcher_parse_leaf.hpp"

#include "matcher_array.hpp"
#include "matcher_bits.hpp"
#include "matcher_in.hpp"
#include "matcher_leaf.hpp"
#include "matcher_tree.hpp"
#include "matcher_type_names.hpp"
#include "number.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::DocumentView;
using bson::Element;
using bson::Type;
using bson::ValueView;

namespace {

ExpressionPointer parse_comparison(std::string_view path, const Element& element, Comparison how) {
  if (element.value.is(Type::undefined)) fail(2, "cannot compare " + quoted(path) + " to undefined; use null or $exists");
  if (element.value.is(Type::regex) && how != Comparison::eq) {
    fail(2, "Can't have RegEx as arg to predicate over field " + quoted(path) + ": " + std::string(element.name));
  }
  return std::make_unique<ComparisonExpression>(path, how, element.value);
}

ExpressionPointer negated(ExpressionPointer inner) { return std::make_unique<NotExpression>(std::move(inner)); }

ExpressionPointer parse_in(std::string_view path, const Element& element) {
  if (!element.value.is(Type::array))
    fail(2, std::string(element.name) + " needs an array: {" + quoted(path) + ": {$in: [...]}}");
  return std::make_unique<InExpression>(path, element.value);
}

ExpressionPointer parse_mod(std::string_view path, ValueView operand) {
  if (!operand.is(Type::array))
    fail(2, "malformed mod, needs to be an array: {" + quoted(path) + ": {$mod: [divisor, remainder]}}");
  std::int64_t numbers[2];
  int count = 0;
  for (const auto& element : operand.as_document()) {
    if (count == 2) fail(2, "malformed mod, too many elements: $mod takes [divisor, remainder]");
    const auto number = element.value.is_number() ? truncate_to_int64(element.value) : std::nullopt;
    if (!number) fail(2, count == 0 ? "malformed mod, divisor not a number" : "malformed mod, remainder not a number");
    numbers[count++] = *number;
  }
  if (count < 2) fail(2, "malformed mod, not enough elements: $mod takes [divisor, remainder]");
  if (numbers[0] == 0) fail(2, "divisor cannot be 0 in $mod");
  return std::make_unique<ModExpression>(path, numbers[0], numbers[1]);
}

ExpressionPointer parse_size(std::string_view path, ValueView operand) {
  const auto size = operand.is_number() ? exact_int64(operand) : std::nullopt;
  if (!size || *size < 0) fail(2, "Failed to parse $size of " + quoted(path) + ": expected a non-negative integer");
  return std::make_unique<SizeExpression>(path, *size);
}

ExpressionPointer parse_regex(std::string_view path, DocumentView siblings) {
  const ValueView regex = siblings.find("$regex"), options = siblings.find("$options");
  std::string_view pattern, flags;
  if (regex.is(Type::regex)) {
    pattern = regex.regex_pattern();
    flags = regex.regex_options();
  } else if (regex.is(Type::string)) {
    pattern = regex.as_string();
  } else {
    fail(2, "$regex of " + quoted(path) + " has to be a string or a regular expression");
  }
  if (!options.missing()) {
    if (!options.is(Type::string)) fail(2, "$options has to be a string");
    if (!flags.empty()) fail(51075, "options set in both $regex and $options");
    flags = options.as_string();
  }
  return std::make_unique<RegexExpression>(path, Regex(pattern, flags));
}

ExpressionPointer parse_bits(std::string_view path, const Element& element) {
  BitTest test{};
  if (element.name == "$bitsAllSet") {
    test = BitTest::all_set;
  } else if (element.name == "$bitsAnySet") {
    test = BitTest::any_set;
  } else if (element.name == "$bitsAllClear") {
    test = BitTest::all_clear;
  } else if (element.name == "$bitsAnyClear") {
    test = BitTest::any_clear;
  } else {
    return nullptr;
  }
  return std::make_unique<BitsExpression>(path, element.name, test, element.value);
}

[[noreturn]] void refuse(std::string_view path, std::string_view name) {
  for (const std::string_view geo : {"$near", "$nearSphere", "$geoNear", "$geoWithin", "$within", "$geoIntersects"}) {
    if (name == geo)
      fail_unsupported(std::string(name) + " is not supported by the SQLite store: it has no geographic indexes");
  }
  if (name == "$where") fail(2, "$where cannot be applied to a field");
  fail(2, "unknown operator: " + std::string(name) + " on field " + quoted(path) +
              "; to compare with a document whose names begin with '$', use $eq");
}

}  // namespace

bool is_true(ValueView value) noexcept {
  if (value.is(Type::boolean)) return value.as_bool();
  if (value.is_number()) {
    const NumberHead head = number_head(value);
    return head.ordered != 0x8000000000000000u || head.rest != 0;
  }
  return !value.missing() && !value.is(Type::null) && !value.is(Type::undefined);
}

ExpressionPointer parse_equality(std::string_view path, ValueView value) {
  if (value.is(Type::regex)) {
    return std::make_unique<RegexExpression>(path, Regex(value.regex_pattern(), value.regex_options()));
  }
  return parse_comparison(path, Element{"$eq", value}, Comparison::eq);
}

ExpressionPointer parse_leaf(std::string_view path, const Element& element, DocumentView siblings) {
  const auto name = element.name;
  if (name == "$eq") return parse_comparison(path, element, Comparison::eq);
  if (name == "$gt") return parse_comparison(path, element, Comparison::gt);
  if (name == "$gte") return parse_comparison(path, element, Comparison::gte);
  if (name == "$lt") return parse_comparison(path, element, Comparison::lt);
  if (name == "$lte") return parse_comparison(path, element, Comparison::lte);
  if (name == "$ne") {
    if (element.value.is(Type::regex)) fail(2, "Can't have regex as arg to $ne; use {$not: /.../}");
    return negated(parse_comparison(path, element, Comparison::eq));
  }
  if (name == "$in") return parse_in(path, element);
  if (name == "$nin") return negated(parse_in(path, element));
  if (name == "$exists") {
    ExpressionPointer exists = std::make_unique<ExistsExpression>(path);
    return is_true(element.value) ? std::move(exists) : negated(std::move(exists));
  }
  if (name == "$type") return std::make_unique<TypeExpression>(path, parse_types(element.value));
  if (name == "$regex") return parse_regex(path, siblings);
  if (name == "$options") {
    if (siblings.find("$regex").missing()) fail(2, "$options needs a $regex");
    return nullptr;
  }
  if (name == "$mod") return parse_mod(path, element.value);
  if (name == "$size") return parse_size(path, element.value);
  if (auto bits = parse_bits(path, element)) return bits;
  refuse(path, name);
}

}  // namespace kinship::sqlite
