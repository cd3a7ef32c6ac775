// Applying projections; see projection.hpp.
#include "projection.hpp"

#include <algorithm>

#include "projection_tree.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::Builder;
using bson::DocumentView;
using bson::Type;
using bson::ValueView;

namespace {

class Applier {
 public:
  Applier(const ProjectionTree& tree, const MatchDetails& details, Builder& out)
      : tree_(tree), details_(details), out_(out) {}

  void top(DocumentView document) {
    for (const auto& [name, value] : document) {
      const ProjectionField* field = tree_.root.find(name);
      if (name == "_id" && field == nullptr) {
        if (tree_.with_id) out_.append(name, value);
        continue;
      }
      apply(name, value, field);
    }
    if (!tree_.including) return;
    // Since 4.4 the fields of $elemMatch come after the others.
    for (const ProjectionField& field : tree_.root.fields) {
      if (field.kind == ProjectionKind::elem_match) elem_match(document.find(field.name), field);
    }
  }

 private:
  void fields(DocumentView document, const ProjectionNode& node) {
    for (const auto& [name, value] : document) apply(name, value, node.find(name));
  }

  void elements(DocumentView array, const ProjectionNode& node) {
    for (const auto& [name, value] : array) {
      const int outer = nested_;
      nested_ += value.is(Type::array);
      descend(name, value, node);
      nested_ = outer;
    }
  }

  // Into objects and arrays; other values cannot hold the path's rest.
  void descend(std::string_view name, ValueView value, const ProjectionNode& node) {
    if (value.is(Type::document)) {
      out_.begin_document(name);
      fields(value.as_document(), node);
      out_.end();
    } else if (value.is(Type::array)) {
      out_.begin_array(name);
      elements(value.as_document(), node);
      out_.end();
    } else if (!tree_.including) {
      out_.append(name, value);
    }
  }

  void apply(std::string_view name, ValueView value, const ProjectionField* field) {
    if (field == nullptr) {
      if (!tree_.including) out_.append(name, value);
      return;
    }
    if (field->positional && !positional_done_ && value.is(Type::array)) return positional(name, value, *field);
    switch (field->kind) {
      case ProjectionKind::leaf:
        if (tree_.including) out_.append(name, value);
        return;
      case ProjectionKind::subtree:
        return descend(name, value, *field->subtree);
      case ProjectionKind::slice:
        return slice(name, value, *field);
      case ProjectionKind::elem_match:
        if (!tree_.including) elem_match(value, *field);
        return;
    }
  }

  void positional(std::string_view name, ValueView array, const ProjectionField& field) {
    std::int32_t index = 0;
    for (const auto& element : array.as_document()) {
      if (index++ != details_.array_index) continue;
      out_.begin_array(name);
      if (field.kind == ProjectionKind::subtree) {
        positional_done_ = true;  // only the first array on the path
        descend("", element.value, *field.subtree);
        positional_done_ = false;
      } else {
        out_.append("", element.value);
      }
      out_.end();
      return;
    }
    fail(51246, "positional operator '.$' couldn't find a matching element in the array " + quoted(name) +
                    "; the filter must hold a condition on that array");
  }

  void slice(std::string_view name, ValueView value, const ProjectionField& field) {
    if (!value.is(Type::array) || nested_ > 0) {
      out_.append(name, value);
      return;
    }
    const DocumentView array = value.as_document();
    const std::int64_t count = std::distance(array.begin(), array.end());
    const std::int64_t first =
        field.skip >= 0 ? field.skip : std::max<std::int64_t>(0, count + std::max(field.skip, -count));
    std::int64_t at = 0;
    out_.begin_array(name);
    for (const auto& element : array) {
      if (at >= first && at - first < field.limit) out_.append("", element.value);
      ++at;
    }
    out_.end();
  }

  void elem_match(ValueView value, const ProjectionField& field) {
    MatchDetails found;
    bson::Builder wrapped;
    wrapped.append(field.name, value);
    if (!value.is(Type::array) || !field.matcher->matches(wrapped.finish(), found)) return;
    std::int32_t index = 0;
    for (const auto& element : value.as_document()) {
      if (index++ == found.array_index) out_.begin_array(field.name).append("", element.value).end();
    }
  }

  const ProjectionTree& tree_;
  const MatchDetails& details_;
  Builder& out_;
  bool positional_done_{};
  int nested_{};  // arrays directly inside arrays on the way: $slice does not reach into them
};

}  // namespace

Projection::Projection(std::unique_ptr<ProjectionTree> tree) noexcept : tree_(std::move(tree)) {}
Projection::Projection(Projection&&) noexcept = default;
Projection& Projection::operator=(Projection&&) noexcept = default;
Projection::~Projection() = default;

bson::Document Projection::apply(DocumentView document, const MatchDetails& details) const {
  Builder out;
  Applier(*tree_, details, out).top(document);
  return out.finish();
}

bool Projection::identity() const noexcept { return !tree_->including && tree_->with_id && tree_->root.fields.empty(); }
bool Projection::needs_match_details() const noexcept { return tree_->positional; }

}  // namespace kinship::sqlite
