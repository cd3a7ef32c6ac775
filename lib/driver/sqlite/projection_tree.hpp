// A compiled projection: a tree of path components whose leaves say what becomes of the value there.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "matcher.hpp"
#include "projection.hpp"

namespace kinship::sqlite {

enum class ProjectionKind : std::uint8_t { leaf, subtree, slice, elem_match };

struct ProjectionNode;

struct ProjectionField {
  std::string name;
  ProjectionKind kind{};
  bool positional{};                        // on the path of `a.b.$`: the first array there is cut to the matching element
  std::unique_ptr<ProjectionNode> subtree;  // subtree
  std::int64_t skip{};                      // slice: negative counts from the end
  std::int64_t limit{};
  std::unique_ptr<Matcher> matcher;  // elem_match
};

struct ProjectionNode {
  std::vector<ProjectionField> fields;
  ProjectionField* find(std::string_view name) noexcept {
    for (auto& field : fields) {
      if (field.name == name) return &field;
    }
    return nullptr;
  }
  const ProjectionField* find(std::string_view name) const noexcept { return const_cast<ProjectionNode*>(this)->find(name); }
};

class ProjectionTree {
 public:
  ProjectionNode root;  // without `_id`, unless a path goes into it
  bool including{};
  bool with_id{true};
  bool positional{};
};

}  // namespace kinship::sqlite
