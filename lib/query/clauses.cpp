// Clauses into one filter document: conditions on different fields side by side, where planners look for them.
// What cannot stand beside the rest goes into one `$and`.
#include "query/clauses.hpp"

#include <algorithm>

#include <kinship/error.hpp>

namespace kinship::detail {

using bson::Type;

namespace {

// Everything said about one field: one equality, or operators that differ.
struct Group {
  std::string_view field{};
  std::vector<const Clause*> clauses{};
};

bool can_join(std::string_view op) { return op == "$gt" || op == "$gte" || op == "$lt" || op == "$lte" || op == "$ne"; }

bool accepts(const Group& group, const Clause& clause) {
  if (!can_join(clause.op)) return false;
  return std::all_of(group.clauses.begin(), group.clauses.end(),
                     [&](const Clause* other) { return can_join(other->op) && other->op != clause.op; });
}

// Equality as `field: value` unless the value would then be read as something else.
bool plain_equality(const Clause& clause) {
  if (clause.op != "$eq") return false;
  const bson::ValueView value = clause.operand[""];
  if (value.is(Type::regex) || value.is(Type::undefined)) return false;
  if (!value.is(Type::document)) return true;
  const bson::DocumentView document = value.as_document();
  return std::none_of(document.begin(), document.end(), [](const bson::Element& e) { return e.name.starts_with('$'); });
}

void write_operator(bson::Builder& out, const Clause& clause) {
  const bson::ValueView value = clause.operand[""];
  if (clause.op == "$regex" && !value.regex_options().empty()) {
    out.append_string("$regex", value.regex_pattern()).append_string("$options", value.regex_options());
  } else if (clause.op == "$regex") {
    out.append_string("$regex", value.regex_pattern());
  } else {
    out.append(clause.op, value);
  }
}

void write_group(bson::Builder& out, const Group& group) {
  if (plain_equality(*group.clauses.front())) {
    out.append(group.field, group.clauses.front()->operand[""]);
    return;
  }
  out.begin_document(group.field);
  for (const Clause* clause : group.clauses) write_operator(out, *clause);
  out.end();
}

// A filter of one `$or` or `$nor` may stand beside fields; others might repeat a field.
bool stands_alone(const bson::Document& filter) {
  const auto first = filter.view().begin();
  const std::string_view name = first->name;
  auto second = first;
  return (name == "$or" || name == "$nor") && ++second == filter.view().end();
}

}  // namespace

bson::Document write_conjunction(const std::vector<Clause>& clauses) {
  std::vector<Group> groups;
  std::vector<const Clause*> rest;
  for (const Clause& clause : clauses) {
    const auto same = [&](const Clause& other) { return &other < &clause && other == clause; };
    if (clauses.size() > 1 && std::any_of(clauses.begin(), clauses.end(), same)) continue;
    if (clause.op.empty()) {
      rest.push_back(&clause);
      continue;
    }
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.field == clause.field; });
    if (group == groups.end())
      groups.push_back({clause.field, {&clause}});
    else if (accepts(*group, clause))
      group->clauses.push_back(&clause);
    else
      rest.push_back(&clause);
  }
  if (groups.empty() && rest.size() == 1) return rest.front()->operand;
  bson::Builder out;
  for (const Group& group : groups) write_group(out, group);
  if (rest.size() == 1 && rest.front()->op.empty() && stands_alone(rest.front()->operand)) {
    const auto only = rest.front()->operand.view().begin();
    out.append(only->name, only->value);
  } else if (!rest.empty()) {
    out.begin_array("$and");
    for (const Clause* clause : rest) {
      if (clause->op.empty()) {
        out.append("", clause->operand.view());
        continue;
      }
      out.begin_document("");
      write_group(out, {clause->field, {clause}});
      out.end();
    }
    out.end();
  }
  return out.finish();
}

bson::Document write_element_operators(const std::vector<Clause>& clauses) {
  bson::Builder out;
  std::vector<std::string_view> used;
  for (const Clause& clause : clauses) {
    if (clause.op.empty())
      throw error(errc::invalid_query,
                  "stores cannot join conditions on one plain element with ||; write any(...) || any(...) instead");
    if (std::find(used.begin(), used.end(), clause.op) != used.end())
      throw error(errc::invalid_query, "any() on plain elements takes " + std::string(clause.op) +
                                           " once; join two any(...) with && or use not_in()");
    used.push_back(clause.op);
    write_operator(out, clause);
  }
  return out.finish();
}

}  // namespace kinship::detail
