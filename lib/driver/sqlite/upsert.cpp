// See upsert.hpp. Which conditions count as equalities follows MongoDB's path_support.cpp and its optimiser, which turns
// one-element $in and $or into equalities first.
#include "upsert.hpp"

#include <kinship/value/object_id.hpp>

#include "matcher_parse.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::DocumentView;
using bson::Type;
using bson::ValueView;

namespace {

struct Equality {
  std::string_view path;
  ValueView value;
};

class Equalities {
 public:
  /// `only_id`: what is said about other fields does not count.
  explicit Equalities(bool only_id = false) : only_id_(only_id) {}

  void collect(DocumentView filter) {
    for (const auto& [name, value] : filter) {
      if (name == "$and" || name == "$or") {
        const DocumentView branches = value.as_document();
        const bool single = !branches.empty() && ++branches.begin() == branches.end();
        if (name == "$and" || single) {
          for (const auto& branch : branches) collect(branch.value.as_document());
        }
      } else if (name.substr(0, 1) != "$") {
        collect_field(name, value);
      }
    }
  }

  const std::vector<Equality>& all() const noexcept { return all_; }

 private:
  void collect_field(std::string_view path, ValueView value) {
    if (value.is(Type::regex)) return;
    if (!is_operator_document(value)) return add(path, value);
    for (const auto& [name, operand] : value.as_document()) {
      if (name == "$eq") {
        add(path, operand);
      } else if (name == "$in" || name == "$all") {
        const DocumentView values = operand.as_document();
        const bool single = !values.empty() && ++values.begin() == values.end();
        if (name == "$in" && !single) continue;
        for (const auto& element : values) {
          if (!element.value.is(Type::regex) && !is_operator_document(element.value)) add(path, element.value);
        }
      }
    }
  }

  void add(std::string_view path, ValueView value) {
    if (only_id_ && path != "_id" && !is_inside(path, "_id")) return;
    for (const Equality& known : all_) {
      if (known.path == path) fail(54, "cannot infer query fields to set, path " + quoted(path) + " is matched twice");
      const bool inside = is_inside(path, known.path) || is_inside(known.path, path);
      if (inside)
        fail(54,
             "cannot infer query fields to set, both paths " + quoted(path) + " and " + quoted(known.path) + " are matched");
    }
    all_.push_back({path, value});
  }

  static bool is_inside(std::string_view inner, std::string_view outer) {
    return inner.size() > outer.size() && inner.substr(0, outer.size()) == outer && inner[outer.size()] == '.';
  }

  std::vector<Equality> all_;
  bool only_id_;
};

// The equalities as a document; a conflict of paths is one of the update language too.
bson::Document document_of(const std::vector<Equality>& equalities) {
  if (equalities.empty()) return {};
  bson::Builder update;
  update.begin_document("$set");
  for (const Equality& equality : equalities) update.append(equality.path, equality.value);
  update.end();
  return UpdateProgram::compile(update.finish()).apply(DocumentView{}, {}, true, 0).document;
}

void check_id(ValueView id) {
  for (const Type refused : {Type::array, Type::regex, Type::undefined}) {
    if (id.is(refused)) fail(53, "The '_id' value cannot be of type " + std::string(bson::type_name(refused)));
  }
  if (!id.is(Type::document)) return;
  for (const auto& element : id.as_document()) {
    if (element.name.substr(0, 1) == "$")
      fail(52, "_id fields may not contain '$'-prefixed fields: " + quoted(element.name) + " is not valid for storage");
  }
}

}  // namespace

bson::Document upsert_document(DocumentView filter, const UpdateProgram& update, std::int64_t now_ms) {
  Equalities equalities;
  equalities.collect(filter);
  const bson::Document start = document_of(equalities.all());
  return prepare_insert(update.apply(start.view(), {}, true, now_ms).document.view());
}

bson::Document upsert_replacement(DocumentView filter, DocumentView replacement) {
  // Only `_id` is taken over; a filter that says two things about it is refused as above.
  Equalities equalities(true);
  equalities.collect(filter);
  bson::Builder id;
  for (const Equality& equality : equalities.all()) {
    if (equality.path == "_id") id.append("_id", equality.value);
    if (equality.path.substr(0, 4) == "_id.") {
      fail(58, "field at '_id' must be exactly specified, field at sub-path " + quoted(equality.path) + " found");
    }
  }
  return prepare_insert(apply_replacement(id.finish().view(), replacement).document.view());
}

bson::Document prepare_insert(DocumentView document) {
  const ValueView id = document.find("_id");
  check_id(id);
  if (!id.missing() && document.begin()->name == "_id") return bson::Document(document);
  bson::Builder out;
  if (id.missing()) {
    out.append_object_id("_id", ObjectId::make().bytes().data());
  } else {
    out.append("_id", id);
  }
  for (const auto& [name, value] : document) {
    if (name != "_id") out.append(name, value);
  }
  return out.finish();
}

}  // namespace kinship::sqlite
