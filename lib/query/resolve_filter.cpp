// Conditions to clauses: names and values are settled here, and `!` is pushed down to the operators it turns around.
// Negation in stores is of the whole match, so a complement is exact, arrays and absent fields included.
#include <string>
#include <utility>

#include <kinship/error.hpp>
#include "query/clauses.hpp"
#include "query/coerce.hpp"
#include "query/condition_node.hpp"
#include "query/field_lookup.hpp"
#include "query/seen_keys.hpp"

namespace kinship {
namespace detail {

using bson::Type;

namespace {

std::string_view operator_of(ConditionKind kind) {
  switch (kind) {
    case ConditionKind::eq:
      return "$eq";
    case ConditionKind::ne:
      return "$ne";
    case ConditionKind::gt:
      return "$gt";
    case ConditionKind::gte:
      return "$gte";
    case ConditionKind::lt:
      return "$lt";
    case ConditionKind::lte:
      return "$lte";
    case ConditionKind::in:
      return "$in";
    case ConditionKind::nin:
      return "$nin";
    case ConditionKind::exists:
      return "$exists";
    case ConditionKind::type:
      return "$type";
    case ConditionKind::regex:
      return "$regex";
    case ConditionKind::size:
      return "$size";
    case ConditionKind::all:
      return "$all";
    case ConditionKind::elem_match:
      return "$elemMatch";
    case ConditionKind::mod:
      return "$mod";
    default:
      return "";
  }
}

ResolvedField find_field(const ConditionNode& node, const ClauseScope& scope) {
  if (!scope.elements) return look_up(node.field, scope.catalog);
  if (node.field.empty()) return scope.element;
  throw error(errc::invalid_query,
              "the elements of '" + std::string(scope.element_field) +
                  "' are plain values, so the condition in any() must be about kinship::element, not '" + node.field + "'");
}

FieldPlace place_of(const ConditionNode& node, const ClauseScope& scope, const ResolvedField& field) {
  return {scope.catalog != nullptr ? std::string_view(scope.catalog->model) : std::string_view("the query"),
          node.field.empty() ? scope.element_field : std::string_view(node.field), field.type};
}

// Each key once, in the field's type.
bson::Document key_list(bson::DocumentView keys, const FieldPlace& place) {
  SeenKeys seen(keys);
  bson::Builder out;
  out.begin_array("");
  for (const auto& key : keys) {
    if (key.value.is(Type::regex))
      throw error(errc::invalid_query,
                  "a list of values cannot hold a regular expression; say matches() for each and join "
                  "them with ||");
    if (!seen.add(key.value)) continue;
    if (fits_as_is(key.value, place.type))
      out.append("", key.value);
    else
      coerce(out, "", key.value, place, Purpose::compare);
  }
  out.end();
  return out.finish();
}

bson::Document comparison(bson::ValueView value, const FieldPlace& place) {
  bson::Builder out;
  coerce(out, "", value, place, Purpose::compare);
  return out.finish();
}

bson::Document regex_of(const ConditionNode& node, const FieldPlace& place) {
  const StoredKind kind = place.type.kind;
  if (kind != StoredKind::string && kind != StoredKind::any && kind != StoredKind::enumeration)
    mismatch(place, "a regular expression", "a condition that suits " + std::string(to_string(kind)));
  return node.operand;
}

bson::Document element_filter(const ConditionNode& node, const ClauseScope& scope, const ResolvedField& field) {
  ClauseScope inner;
  inner.catalog = field.nested;
  const ConditionNode* condition = node.children.front().node();
  // Whether the condition is about elements or their fields shows at its first leaf.
  const ConditionNode* leaf = condition;
  while (leaf != nullptr && leaf->field.empty() && !leaf->children.empty()) leaf = leaf->children.front().node();
  const bool plain = leaf != nullptr && leaf->field.empty() && !operator_of(leaf->kind).empty();
  const bool scalar = field.nested == nullptr && field.type.kind != StoredKind::any && field.type.kind != StoredKind::map;
  inner.elements = plain || scalar;
  inner.element = field;
  inner.element.type.array = false;
  inner.element.stored.clear();
  inner.element_field = node.field;
  if (inner.elements && inner.catalog == nullptr) inner.catalog = scope.catalog;
  std::vector<Clause> clauses;
  collect_clauses(node.children.front(), inner, false, clauses);
  const bson::Document filter = inner.elements ? write_element_operators(clauses) : write_conjunction(clauses);
  return bson::Builder().append("", filter.view()).finish();
}

bson::Document operand_of(const ConditionNode& node, const ClauseScope& scope, const ResolvedField& field) {
  const FieldPlace place = place_of(node, scope, field);
  switch (node.kind) {
    case ConditionKind::in:
    case ConditionKind::nin:
    case ConditionKind::all:
      return key_list(node.operand, place);
    case ConditionKind::exists:
    case ConditionKind::type:
      return node.operand;
    case ConditionKind::regex:
      return regex_of(node, place);
    case ConditionKind::size:
      if (!field.type.array && field.type.kind != StoredKind::any)
        mismatch(place, "size()", "a condition on an array field");
      return node.operand;
    case ConditionKind::mod: {
      bson::Builder probe;
      FieldPlace element = place;
      element.type.array = false;
      coerce(probe, "", node.operand[""].as_document()["0"], element, Purpose::compare);
      return node.operand;
    }
    case ConditionKind::elem_match:
      return element_filter(node, scope, field);
    default:
      return comparison(node.operand[""], place);
  }
}

Clause nothing() {
  bson::Builder filter;
  filter.begin_document("_id").begin_array("$in").end().end();
  return {{}, {}, filter.finish()};
}

Clause list_of(std::string_view op, const std::vector<Condition>& parts, const ClauseScope& scope, bool negated) {
  bson::Builder filter;
  filter.begin_array(op);
  for (const Condition& part : parts) {
    std::vector<Clause> clauses;
    collect_clauses(part, scope, negated, clauses);
    filter.append("", write_conjunction(clauses).view());
  }
  filter.end();
  return {{}, {}, filter.finish()};
}

void collect_field(const ConditionNode& node, const ClauseScope& scope, bool negated, std::vector<Clause>& out) {
  const ResolvedField field = find_field(node, scope);
  Clause clause{field.stored, operator_of(node.kind), operand_of(node, scope, field)};
  const bool regex_value = clause.operand[""].is(Type::regex) && node.kind != ConditionKind::regex;
  bool turned = true;
  switch (node.kind) {
    case ConditionKind::eq:
      clause.op = negated && !regex_value ? "$ne" : "$eq";
      break;
    case ConditionKind::ne:
      clause.op = negated || regex_value ? "$eq" : "$ne";
      break;
    case ConditionKind::in:
      clause.op = negated ? "$nin" : "$in";
      break;
    case ConditionKind::nin:
      clause.op = negated ? "$in" : "$nin";
      break;
    case ConditionKind::exists:
      if (negated) clause.operand = bson::Builder().append_bool("", !clause.operand[""].as_bool()).finish();
      break;
    default:
      turned = false;
  }
  // Stores refuse $ne with a regular expression as its value; $not around $eq says the same.
  const bool wrap = regex_value ? (node.kind == ConditionKind::ne) != negated : negated && !turned;
  if (wrap) {
    bson::Builder inner;
    inner.begin_document("").append(clause.op, clause.operand[""]).end();
    clause.op = "$not";
    clause.operand = inner.finish();
  }
  out.push_back(std::move(clause));
}

}  // namespace

void collect_clauses(const Condition& condition, const ClauseScope& scope, bool negated, std::vector<Clause>& out) {
  const ConditionNode* node = condition.node();
  if (node == nullptr) {
    if (negated) out.push_back(nothing());
    return;
  }
  switch (node->kind) {
    case ConditionKind::and_:
    case ConditionKind::or_: {
      const bool conjunction = (node->kind == ConditionKind::and_) != negated;
      if (conjunction)
        for (const Condition& part : node->children) collect_clauses(part, scope, negated, out);
      else if (node->children.empty())
        out.push_back(nothing());
      else
        out.push_back(list_of("$or", node->children, scope, negated));
      return;
    }
    case ConditionKind::not_:
      return collect_clauses(node->children.front(), scope, !negated, out);
    case ConditionKind::raw:
      if (!negated) {
        out.push_back({{}, {}, node->operand});
      } else {
        bson::Builder filter;
        filter.begin_array("$nor").append("", node->operand.view()).end();
        out.push_back({{}, {}, filter.finish()});
      }
      return;
    default:
      collect_field(*node, scope, negated, out);
  }
}

}  // namespace detail

bson::Document resolve_filter(const Condition& condition, const FieldCatalog& catalog) {
  detail::ClauseScope scope;
  scope.catalog = &catalog;
  std::vector<detail::Clause> clauses;
  detail::collect_clauses(condition, scope, false, clauses);
  return detail::write_conjunction(clauses);
}

bson::Document resolve_value(bson::ValueView value, std::string_view field, const FieldCatalog& catalog) {
  const ResolvedField found = detail::look_up(field, &catalog);
  bson::Builder out;
  detail::coerce(out, "", value, {catalog.model, field, found.type}, detail::Purpose::compare);
  return out.finish();
}

}  // namespace kinship
