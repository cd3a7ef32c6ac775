// Reading index keys and sort specifications: {"a": 1, "b.c": -1}.
#include "compare.hpp"
#include "index_keys.hpp"
#include "matcher_parse_leaf.hpp"
#include "number.hpp"
#include "query_error.hpp"
#include "sort.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

namespace {

constexpr std::size_t most_fields = 32;

// MongoDB's number for what keeps a path from being followed, and the words for it; 0: nothing.
struct PathFault {
  int code;
  const char* words;
};

PathFault fault_in(std::string_view name, const Path& path) {
  if (name.empty()) return {40352, "is empty"};
  if (name.back() == '.') return {40353, "ends with a dot"};
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i].empty()) return {15998, "has an empty component"};
    if (path[i][0] == '$') return {16410, "has a component that begins with '$'"};
  }
  return {0, ""};
}

bool is_negative(ValueView number) {
  const NumberHead head = number_head(number);
  return head.ordered < 0x8000000000000000u || head.rest < 0;
}

// 1 or -1 as $sort has them: numbers are truncated first.
bool is_descending(std::string_view name, ValueView direction) {
  if (direction.is(Type::document)) {
    fail_unsupported("sorting by an expression such as {$meta: ...} on " + quoted(name) +
                     " is not supported by the SQLite store");
  }
  const auto number = direction.is_number() ? truncate_to_int64(direction) : std::nullopt;
  if (!direction.is_number()) fail(15974, "the sort direction of " + quoted(name) + " must be 1 or -1, as a number");
  if (number != 1 && number != -1)
    fail(15975, "the sort direction of " + quoted(name) + " must be 1 (ascending) or -1 (descending)");
  return *number < 0;
}

}  // namespace

IndexSpec IndexSpec::compile(bson::DocumentView keys, bool unique, bool sparse) {
  IndexSpec spec;
  spec.unique = unique;
  spec.sparse = sparse;
  for (const auto& [name, direction] : keys) {
    if (direction.is(Type::string)) {
      fail_unsupported("an index of kind " + quoted(direction.as_string()) + " on " + quoted(name) +
                       " is not supported by the SQLite store; use 1 or -1");
    }
    if (!direction.is_number() || !is_true(direction) || is_nan(direction)) {
      fail(67, "the direction of the index field " + quoted(name) + " must be 1 or -1");
    }
    Path path(name);
    if (const PathFault fault = fault_in(name, path); fault.code != 0)
      fail(67, "the index field " + quoted(name) + " " + fault.words);
    for (const IndexField& field : spec.fields) {
      if (field.path == path) fail(67, "the index names the field " + quoted(name) + " twice");
    }
    spec.fields.push_back({std::move(path), is_negative(direction)});
  }
  if (spec.fields.empty()) fail(67, "an index needs at least one field, as in {\"name\": 1}");
  if (spec.fields.size() > most_fields) fail(67, "an index may have at most 32 fields");
  return spec;
}

Sorter Sorter::compile(bson::DocumentView sort) {
  Sorter sorter;
  for (const auto& [name, direction] : sort) {
    if (name == "$natural") fail_unsupported("{$natural: ...} is not supported by the SQLite store; sort by _id");
    Path path(name);
    if (const PathFault fault = fault_in(name, path); fault.code != 0) {
      fail(fault.code, "the sort field " + quoted(name) + " " + fault.words);
    }
    const bool descending = is_descending(name, direction);
    bool repeated = false;  // a field named again says nothing new
    for (const IndexField& field : sorter.spec_.fields) repeated |= field.path == path;
    if (!repeated) sorter.spec_.fields.push_back({std::move(path), descending});
  }
  if (sorter.spec_.fields.size() > most_fields) fail(13103, "a sort may have at most 32 fields");
  return sorter;
}

}  // namespace kinship::sqlite
