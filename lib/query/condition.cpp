// Building conditions: nothing is checked here but what no model could allow.
// Names and types are checked by resolve_filter.
#include <kinship/query/condition.hpp>

#include <algorithm>
#include <utility>

#include <kinship/error.hpp>
#include "query/condition_node.hpp"

namespace kinship {

using detail::ConditionKind;
using detail::ConditionNode;

namespace {

bson::Document single(const Value& value) { return bson::Builder().append("", value.view()).finish(); }

bson::Document array_of(const std::vector<Value>& values) {
  bson::Builder builder;
  builder.begin_array("");
  for (const Value& value : values) builder.append("", value.view());
  builder.end();
  const bson::Document whole = builder.finish();
  return bson::Document(whole[""].as_document());
}

ConditionNode compare(ConditionKind kind, std::string field, const Value& value) {
  return {kind, std::move(field), single(value), {}};
}

// A chain of && or || stays one level deep, however long it gets. An empty || (never) adds nothing to another ||.
std::vector<Condition> flattened(ConditionKind kind, std::vector<Condition> conditions) {
  const auto nests = [kind](const Condition& c) { return c.node()->kind == kind; };
  if (std::none_of(conditions.begin(), conditions.end(), nests)) return conditions;
  std::vector<Condition> flat;
  for (Condition& condition : conditions) {
    if (nests(condition))
      flat.insert(flat.end(), condition.node()->children.begin(), condition.node()->children.end());
    else
      flat.push_back(std::move(condition));
  }
  return flat;
}

}  // namespace

Condition::Condition(ConditionNode node) : node_(std::make_shared<const ConditionNode>(std::move(node))) {}

Condition::Condition(std::string field, Value value) : Condition(compare(ConditionKind::eq, std::move(field), value)) {}

Condition Condition::eq(std::string field, Value value) {
  return Condition(compare(ConditionKind::eq, std::move(field), value));
}
Condition Condition::ne(std::string field, Value value) {
  return Condition(compare(ConditionKind::ne, std::move(field), value));
}
Condition Condition::gt(std::string field, Value value) {
  return Condition(compare(ConditionKind::gt, std::move(field), value));
}
Condition Condition::gte(std::string field, Value value) {
  return Condition(compare(ConditionKind::gte, std::move(field), value));
}
Condition Condition::lt(std::string field, Value value) {
  return Condition(compare(ConditionKind::lt, std::move(field), value));
}
Condition Condition::lte(std::string field, Value value) {
  return Condition(compare(ConditionKind::lte, std::move(field), value));
}

Condition Condition::in(std::string field, const std::vector<Value>& values) {
  return in_array(std::move(field), array_of(values));
}
Condition Condition::in_array(std::string field, bson::Document values) {
  return Condition(ConditionNode{ConditionKind::in, std::move(field), std::move(values), {}});
}
Condition Condition::nin(std::string field, const std::vector<Value>& values) {
  return Condition(ConditionNode{ConditionKind::nin, std::move(field), array_of(values), {}});
}
Condition Condition::all(std::string field, const std::vector<Value>& values) {
  return Condition(ConditionNode{ConditionKind::all, std::move(field), array_of(values), {}});
}

Condition Condition::exists(std::string field, bool exists) {
  auto operand = bson::Builder().append_bool("", exists).finish();
  return Condition(ConditionNode{ConditionKind::exists, std::move(field), std::move(operand), {}});
}
Condition Condition::type(std::string field, std::string type) {
  auto operand = bson::Builder().append_string("", type).finish();
  return Condition(ConditionNode{ConditionKind::type, std::move(field), std::move(operand), {}});
}
Condition Condition::regex(std::string field, std::string pattern, std::string options) {
  if (pattern.find('\0') != std::string::npos || options.find('\0') != std::string::npos)
    throw error(errc::invalid_query, "a regular expression cannot hold a NUL byte; write \\x00 in it instead");
  auto operand = bson::Builder().append_regex("", pattern, options).finish();
  return Condition(ConditionNode{ConditionKind::regex, std::move(field), std::move(operand), {}});
}
Condition Condition::size(std::string field, std::int64_t count) {
  auto operand = bson::Builder().append_int64("", count).finish();
  return Condition(ConditionNode{ConditionKind::size, std::move(field), std::move(operand), {}});
}
Condition Condition::elem_match(std::string field, Condition condition) {
  std::vector<Condition> children{std::move(condition)};
  return Condition(ConditionNode{ConditionKind::elem_match, std::move(field), {}, std::move(children)});
}
Condition Condition::mod(std::string field, std::int64_t divisor, std::int64_t remainder) {
  if (divisor == 0) throw error(errc::invalid_query, "mod() cannot divide by 0; pass another divisor");
  bson::Builder builder;
  builder.begin_array("").append_int64("", divisor).append_int64("", remainder).end();
  return Condition(ConditionNode{ConditionKind::mod, std::move(field), builder.finish(), {}});
}

Condition Condition::all_of(std::vector<Condition> conditions) {
  std::erase_if(conditions, [](const Condition& c) { return c.is_always(); });
  conditions = flattened(ConditionKind::and_, std::move(conditions));
  if (conditions.empty()) return {};
  if (conditions.size() == 1) return conditions.front();
  return Condition(ConditionNode{ConditionKind::and_, {}, {}, std::move(conditions)});
}

Condition Condition::any_of(std::vector<Condition> conditions) {
  if (std::any_of(conditions.begin(), conditions.end(), [](const Condition& c) { return c.is_always(); })) return {};
  conditions = flattened(ConditionKind::or_, std::move(conditions));
  if (conditions.size() == 1) return conditions.front();
  return Condition(ConditionNode{ConditionKind::or_, {}, {}, std::move(conditions)});
}

Condition Condition::never() { return any_of({}); }

Condition Condition::from_filter(bson::Document filter) {
  if (filter.empty()) return {};
  return Condition(ConditionNode{ConditionKind::raw, {}, std::move(filter), {}});
}

Condition operator&&(Condition a, Condition b) {
  std::vector<Condition> parts{std::move(a), std::move(b)};
  return Condition::all_of(std::move(parts));
}

Condition operator||(Condition a, Condition b) {
  std::vector<Condition> parts{std::move(a), std::move(b)};
  return Condition::any_of(std::move(parts));
}

Condition operator!(Condition condition) {
  if (condition.node() != nullptr && condition.node()->kind == ConditionKind::not_)
    return condition.node()->children.front();
  std::vector<Condition> children{std::move(condition)};
  return Condition(ConditionNode{ConditionKind::not_, {}, {}, std::move(children)});
}

bool operator==(const Condition& a, const Condition& b) {
  const ConditionNode* x = a.node();
  const ConditionNode* y = b.node();
  if (x == y) return true;
  if (x == nullptr || y == nullptr) return false;
  return x->kind == y->kind && x->field == y->field && x->operand == y->operand && x->children == y->children;
}

}  // namespace kinship
