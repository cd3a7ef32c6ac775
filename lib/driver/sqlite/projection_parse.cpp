// Reading projections. Rules and codes are those of MongoDB 4.4 and later (src/mongo/db/query/projection_parser.cpp).
#include "compare.hpp"
#include "matcher_parse_leaf.hpp"
#include "number.hpp"
#include "projection_tree.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::DocumentView;
using bson::Type;
using bson::ValueView;

namespace {

class Parser {
 public:
  std::unique_ptr<ProjectionTree> run(DocumentView projection) {
    for (const auto& [name, value] : projection) parse(name, value);
    // Without a plain inclusion or exclusion the special forms decide; $slice before $elemMatch.
    const bool only_id = id_named_ && tree_->with_id;
    if (mode_ == Mode::open) mode_ = only_id || (has_elem_match_ && !has_slice_) ? Mode::including : Mode::excluding;
    tree_->including = mode_ == Mode::including;
    return std::move(tree_);
  }

 private:
  enum class Mode : std::uint8_t { open, including, excluding };

  void parse(const std::string& path, ValueView value) {
    if (value.is_number() || value.is(Type::boolean)) return is_true(value) ? include(path) : exclude(path);
    if (!value.is(Type::document)) {
      fail_unsupported("a computed field in a projection (" + quoted(path) +
                       ") is not supported by the SQLite store; use 1 or 0");
    }
    if (is_positional(path))
      fail(31271, "positional projection may not be used with an expression or sub object: " + quoted(path));
    const DocumentView inner = value.as_document();
    if (inner.empty()) fail(51270, "An empty sub-projection is not a valid value; it stands at " + quoted(path));
    const std::string_view first = inner.begin()->name;
    if (first.substr(0, 1) != "$") {
      for (const auto& [name, deeper] : inner) parse(path + "." + std::string(name), deeper);
    } else if (first == "$slice") {
      slice(path, inner.begin()->value);
    } else if (first == "$elemMatch") {
      elem_match(path, inner.begin()->value);
    } else {
      fail_unsupported(std::string(first) + " in a projection (" + quoted(path) + ") is not supported by the SQLite store");
    }
  }
  void parse(std::string_view path, ValueView value) { parse(std::string(path), value); }

  void include(const std::string& path) {
    if (path == "_id") {
      id_named_ = true;
      return;
    }
    if (mode_ == Mode::excluding) fail(31253, "Cannot do inclusion on field " + path + " in exclusion projection");
    mode_ = Mode::including;
    const bool positional = is_positional(path);
    if (positional && tree_->positional)
      fail(31276, "Cannot specify more than one positional projection per query; drop " + quoted(path));
    if (positional && has_elem_match_) fail(31256, "Cannot specify positional operator and $elemMatch: " + quoted(path));
    tree_->positional |= positional;
    add(positional ? path.substr(0, path.size() - 2) : path, ProjectionKind::leaf, positional);
  }

  void exclude(const std::string& path) {
    if (path == "_id") {
      id_named_ = true;
      tree_->with_id = false;
      return;
    }
    if (is_positional(path)) {
      fail(31395, "positional projection cannot be used with exclusion: " + quoted(path));
    }
    if (mode_ == Mode::including) fail(31254, "Cannot do exclusion on field " + path + " in inclusion projection");
    mode_ = Mode::excluding;
    add(path, ProjectionKind::leaf, false);
  }

  static bool is_positional(const std::string& path) {
    return path.size() > 2 && path.compare(path.size() - 2, 2, ".$") == 0;
  }

  static std::int64_t integer(const std::string& path, ValueView value) {
    const auto number = value.is_number() ? truncate_to_int64(value) : std::nullopt;
    if (!number) fail(28667, "$slice of " + quoted(path) + " takes a number, or an array [skip, limit] of numbers");
    return *number;
  }

  void slice(const std::string& path, ValueView operand) {
    std::int64_t numbers[2] = {0, 0};
    if (operand.is(Type::array)) {
      int count = 0;
      for (const auto& element : operand.as_document()) {
        if (count == 2) fail(28667, "$slice of " + quoted(path) + " takes [skip, limit], not more");
        numbers[count++] = integer(path, element.value);
      }
      if (count != 2) fail(28667, "$slice of " + quoted(path) + " takes [skip, limit]");
      if (numbers[1] <= 0) fail(28724, "the limit of $slice of " + quoted(path) + " must be positive");
    } else {
      const std::int64_t count = integer(path, operand);
      numbers[0] = count < 0 ? count : 0;
      numbers[1] = count < 0 ? INT64_MAX : count;
    }
    has_slice_ = true;
    ProjectionField& field = add(path, ProjectionKind::slice, false);
    field.skip = numbers[0];
    field.limit = numbers[1];
  }

  void elem_match(const std::string& path, ValueView operand) {
    if (path.find('.') != std::string::npos)
      fail(31275, "Cannot use $elemMatch projection on a nested field: " + quoted(path));
    if (!operand.is(Type::document)) fail(31274, "elemMatch: Invalid argument, object required for " + quoted(path));
    if (tree_->positional) fail(31255, "Cannot specify positional operator and $elemMatch: " + quoted(path));
    has_elem_match_ = true;
    bson::Builder filter;
    filter.begin_document(path).append("$elemMatch", operand).end();
    add(path, ProjectionKind::elem_match, false).matcher = std::make_unique<Matcher>(Matcher::compile(filter.finish()));
  }

  ProjectionField& add(const std::string& path, ProjectionKind kind, bool positional) {
    if (path.empty()) fail(40352, "a projection cannot name the empty field");
    const Path parts(path);
    ProjectionNode* node = &tree_->root;
    for (std::size_t i = 0;; ++i) {
      const std::string_view part = parts[i];
      if (part.empty())
        fail(i + 1 == parts.size() ? 40353 : 15998, "the projected path " + quoted(path) + " has an empty component");
      if (part == "$")
        fail(31394, "As of 4.4, it's illegal to specify positional operator in the middle of a path: " + quoted(path));
      if (part[0] == '$') fail(16410, "FieldPath field names may not start with '$': " + quoted(path));
      ProjectionField* field = node->find(part);
      const bool last = i + 1 == parts.size();
      if (field != nullptr && last) fail(31250, "Path collision at " + path);
      if (field != nullptr && field->kind != ProjectionKind::subtree) fail(31249, "Path collision at " + path);
      if (field == nullptr) {
        node->fields.emplace_back();
        field = &node->fields.back();
        field->name = part;
        field->kind = last ? kind : ProjectionKind::subtree;
        if (!last) field->subtree = std::make_unique<ProjectionNode>();
      }
      field->positional |= positional;
      if (last) return *field;
      node = field->subtree.get();
    }
  }

  std::unique_ptr<ProjectionTree> tree_ = std::make_unique<ProjectionTree>();
  Mode mode_{Mode::open};
  bool has_elem_match_{};
  bool has_slice_{};
  bool id_named_{};
};

}  // namespace

Projection Projection::compile(DocumentView projection) { return Projection(Parser().run(projection)); }

}  // namespace kinship::sqlite
