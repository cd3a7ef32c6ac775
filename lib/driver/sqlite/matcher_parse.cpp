// Filters, logical operators, $elemMatch and $all; single operators are in matcher_parse_leaf.cpp.
#include "matcher_parse.hpp"

#include "matcher_array.hpp"
#include "matcher_leaf.hpp"
#include "matcher_parse_leaf.hpp"
#include "matcher_tree.hpp"
#include "number.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::DocumentView;
using bson::Element;
using bson::Type;
using bson::ValueView;

namespace {

template <class T>
std::unique_ptr<T> parse_branches(const Element& element, std::unique_ptr<T> parent) {
  const std::string name(element.name);
  if (!element.value.is(Type::array)) fail(2, name + " must be an array of filters");
  if (element.value.as_document().empty()) fail(2, name + " must be a nonempty array of filters");
  for (const auto& branch : element.value.as_document()) {
    if (!branch.value.is(Type::document))
      fail(2, "$or/$and/$nor entries need to be full objects; " + name + " holds something else");
    parent->add(parse_filter(branch.value.as_document()));
  }
  return parent;
}

bool is_equality(ValueView value) {
  if (!is_operator_document(value)) return true;
  const DocumentView operators = value.as_document();
  const std::string_view name = operators.begin()->name;
  return (name == "$eq" || name == "$in") && ++operators.begin() == operators.end();
}

bool equalities_of_one_path(ValueView branches) {
  std::string_view path;
  if (!branches.is(Type::array)) return false;
  for (const auto& branch : branches.as_document()) {
    if (!branch.value.is(Type::document) || branch.value.as_document().empty()) return false;
    const DocumentView filter = branch.value.as_document();
    const auto first = filter.begin();
    if (first->name.substr(0, 1) == "$" || !is_equality(first->value) || ++filter.begin() != filter.end()) return false;
    if (!path.empty() && path != first->name) return false;
    path = first->name;
  }
  return true;
}

ExpressionPointer parse_constant(const Element& element, bool value) {
  const auto number = element.value.is_number() ? exact_int64(element.value) : std::nullopt;
  if (number != 1) fail(9, std::string(element.name) + " must be an integer value of 1");
  return std::make_unique<ConstantExpression>(value);
}

ExpressionPointer parse_top_level(const Element& element) {
  const auto name = element.name;
  using Positions = OrExpression::Positions;
  if (name == "$and") return AndExpression::simplified(parse_branches(element, std::make_unique<AndExpression>()));
  if (name == "$nor") return parse_branches(element, std::make_unique<OrExpression>(true, Positions::hidden));
  if (name == "$or") {
    const Positions positions = equalities_of_one_path(element.value) ? Positions::told : Positions::hidden;
    return OrExpression::simplified(parse_branches(element, std::make_unique<OrExpression>(false, positions)));
  }
  if (name == "$comment") return nullptr;
  if (name == "$alwaysTrue") return parse_constant(element, true);
  if (name == "$alwaysFalse") return parse_constant(element, false);
  if (name == "$ref" || name == "$id" || name == "$db") {
    return std::make_unique<ComparisonExpression>(name, Comparison::eq, element.value);
  }
  if (name == "$expr" || name == "$where" || name == "$text" || name == "$jsonSchema" || name == "$sampleRate") {
    fail_unsupported(std::string(name) +
                     " is not supported by the SQLite store; use comparison operators, $regex or $elemMatch");
  }
  fail(2, "unknown top level operator: " + quoted(name) +
              "; known are $and, $or, $nor and $comment, and field names do not begin with '$'");
}

ExpressionPointer parse_field(const Element& element) {
  if (is_operator_document(element.value)) return parse_operators(element.name, element.value.as_document());
  return parse_equality(element.name, element.value);
}

ExpressionPointer parse_elem_match(std::string_view path, ValueView operand) {
  if (!operand.is(Type::document)) fail(2, "$elemMatch needs an Object: {" + quoted(path) + ": {$elemMatch: {...}}}");
  const DocumentView inner = operand.as_document();
  const bool by_value =
      !inner.empty() && inner.begin()->name.substr(0, 1) == "$" && !is_top_level_operator(inner.begin()->name);
  if (by_value) return std::make_unique<ElemMatchValueExpression>(path, parse_operators({}, inner));
  return std::make_unique<ElemMatchObjectExpression>(path, parse_filter(inner));
}

bool is_elem_match(ValueView value) {
  return value.is(Type::document) && !value.as_document().empty() && value.as_document().begin()->name == "$elemMatch";
}

ExpressionPointer parse_all(std::string_view path, ValueView operand) {
  if (!operand.is(Type::array)) fail(2, "$all needs an array: {" + quoted(path) + ": {$all: [...]}}");
  const DocumentView wanted = operand.as_document();
  if (wanted.empty()) return std::make_unique<ConstantExpression>(false);
  const bool elem_match = is_elem_match(wanted.begin()->value);
  auto all = std::make_unique<AndExpression>();
  for (const auto& element : wanted) {
    if (is_elem_match(element.value) != elem_match)
      fail(2, "$all/$elemMatch has to be consistent: all of them $elemMatch, or none");
    if (elem_match) {
      all->add(parse_elem_match(path, element.value.as_document().begin()->value));
      continue;
    }
    if (is_operator_document(element.value)) fail(2, "no $ expressions in $all other than $elemMatch");
    all->add(parse_equality(path, element.value));
  }
  return AndExpression::simplified(std::move(all));
}

ExpressionPointer parse_not(std::string_view path, ValueView operand) {
  if (operand.is(Type::regex)) return std::make_unique<NotExpression>(parse_equality(path, operand));
  if (!operand.is(Type::document)) fail(2, "$not needs a regex or a document: {" + quoted(path) + ": {$not: {$gt: 1}}}");
  if (operand.as_document().empty()) fail(2, "$not cannot be empty");
  return std::make_unique<NotExpression>(parse_operators(path, operand.as_document()));
}

}  // namespace

bool is_operator_document(ValueView value) noexcept {
  if (!value.is(Type::document) || value.as_document().empty()) return false;
  const DocumentView document = value.as_document();
  if (document.begin()->name.substr(0, 1) != "$") return false;
  return document.find("$ref").missing() || document.find("$id").missing();
}

bool is_top_level_operator(std::string_view name) noexcept {
  for (const std::string_view known : {"$and", "$or", "$nor", "$comment", "$expr", "$where", "$text", "$jsonSchema",
                                       "$alwaysTrue", "$alwaysFalse", "$sampleRate", "$ref", "$id", "$db"}) {
    if (name == known) return true;
  }
  return false;
}

ExpressionPointer parse_filter(DocumentView filter) {
  auto all = std::make_unique<AndExpression>();
  for (const auto& element : filter) {
    auto parsed = element.name.substr(0, 1) == "$" ? parse_top_level(element) : parse_field(element);
    if (parsed) all->add(std::move(parsed));
  }
  return AndExpression::simplified(std::move(all));
}

ExpressionPointer parse_operators(std::string_view path, DocumentView operators) {
  auto all = std::make_unique<AndExpression>();
  for (const auto& element : operators) {
    if (auto parsed = parse_operator(path, element, operators)) all->add(std::move(parsed));
  }
  return AndExpression::simplified(std::move(all));
}

ExpressionPointer parse_operator(std::string_view path, const Element& element, DocumentView siblings) {
  if (element.name == "$not") return parse_not(path, element.value);
  if (element.name == "$elemMatch") return parse_elem_match(path, element.value);
  if (element.name == "$all") return parse_all(path, element.value);
  return parse_leaf(path, element, siblings);
}

}  // namespace kinship::sqlite
