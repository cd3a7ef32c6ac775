// A compiled update: a tree of path components in the order MongoDB applies them, operators at its leaves.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "matcher.hpp"
#include "update_operator.hpp"

namespace kinship::sqlite {

/// Numbers in numeric order, then names in byte order: the order in which new fields appear.
struct ComponentOrder {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const noexcept;
};

struct UpdateNode {
  OperatorPointer leaf;  // set: no children
  bool placeholder{};    // the source of a $rename: only conflicts
  std::map<std::string, UpdateNode, ComponentOrder> children;

  bool is_end() const noexcept { return leaf != nullptr || placeholder; }
};

struct ArrayFilter {
  std::string identifier;
  Matcher matcher;  // of {identifier: element}
  bool used{};
};

struct UpdateTree {
  bson::Document update;  // what the operators borrow from
  std::vector<bson::Document> owned;
  UpdateNode root;
  std::vector<ArrayFilter> filters;
  bool positional{};

  const ArrayFilter* filter(std::string_view identifier) const noexcept {
    for (const auto& candidate : filters) {
      if (candidate.identifier == identifier) return &candidate;
    }
    return nullptr;
  }
};

/// "$[]" or "$[name]".
inline bool is_array_component(std::string_view component) noexcept {
  return component.size() >= 3 && component.substr(0, 2) == "$[" && component.back() == ']';
}
inline std::string_view identifier_of(std::string_view component) noexcept {
  return component.substr(2, component.size() - 3);
}

/// Reads arrayFilters; each filter is about one identifier. Code 9 or 2 otherwise.
std::vector<ArrayFilter> parse_array_filters(bson::DocumentView filters);

}  // namespace kinship::sqlite
