// Applying a compiled update: the tree is walked in order, `$` and `$[...]` become indexes of the document at hand.
#include "update.hpp"

#include "matcher.hpp"
#include "query_error.hpp"
#include "update_tree.hpp"

namespace kinship::sqlite {

using bson::DocumentView;
using bson::Type;
using bson::ValueView;

namespace {

constexpr std::size_t most_padding = 1'500'000;

using Components = std::vector<std::string_view>;

std::string dotted(const Components& path) {
  std::string out;
  for (const auto part : path) {
    if (!out.empty()) out += '.';
    out += part;
  }
  return out;
}

class Applier {
 public:
  Applier(const UpdateTree& tree, UpdateDocument& document, const MatchDetails& details, bool is_insert, std::int64_t now_ms)
      : tree_(tree), document_(document), details_(details), context_{document, now_ms, is_insert, {}} {}

  void run() { descend({&tree_.root}); }

 private:
  // Nodes that turned out to be about one place of this document: several through `$` and `$[...]`.
  using Nodes = std::vector<const UpdateNode*>;

  void walk(const Nodes& nodes, std::string_view component) {
    path_.push_back(component);
    if (nodes.size() > 1) {
      for (const UpdateNode* node : nodes) {
        if (node->is_end()) refuse_merge();
      }
    }
    if (nodes.front()->leaf) {
      apply(*nodes.front()->leaf);
    } else if (!nodes.front()->placeholder) {
      descend(nodes);
    }
    path_.pop_back();
  }

  [[noreturn]] void refuse_merge() const { fail(40, "Update created a conflict at " + quoted(dotted(path_))); }

  void descend(const Nodes& nodes) {
    if (nodes.front()->children.empty()) return;
    const auto by_filter = [](const UpdateNode* node) { return is_array_component(node->children.begin()->first); };
    const bool filters = by_filter(nodes.front());
    for (const UpdateNode* node : nodes) {
      if (by_filter(node) != filters) refuse_merge();
    }
    if (filters) return each_element(nodes);
    if (nodes.size() == 1 && nodes.front()->children.find("$") == nodes.front()->children.end()) {
      for (const auto& [name, child] : nodes.front()->children) walk({&child}, name);
      return;
    }
    std::map<std::string_view, Nodes, ComponentOrder> places;
    for (const UpdateNode* node : nodes) {
      for (const auto& [name, child] : node->children)
        places[name == "$" ? matched_index() : std::string_view(name)].push_back(&child);
    }
    for (const auto& [name, children] : places) walk(children, name);
  }

  std::string_view matched_index() {
    if (details_.array_index >= 0) return document_.keep(std::to_string(details_.array_index));
    fail(2,
         "The positional operator did not find the match needed from the query: the filter must hold a condition on the "
         "array " +
             quoted(dotted(path_)));
  }

  bool wants(std::string_view component, const MutableValue& element) const {
    if (component == "$[]") return true;
    const ArrayFilter* filter = tree_.filter(identifier_of(component));
    bson::Builder wrapped;
    element.write(wrapped, filter->identifier);
    return filter->matcher.matches(wrapped.finish());
  }

  void each_element(const Nodes& nodes) {
    MutableValue* array = &document_.root();
    for (const auto part : path_) {
      array = array->child(part);
      if (array == nullptr) {
        fail(2, "The path " + quoted(dotted(path_)) + " must exist in the document in order to apply array updates.");
      }
    }
    if (!array->is(Type::array)) {
      fail(2, "Cannot apply array updates to non-array element " + quoted(dotted(path_)) + " of type " +
                  std::string(bson::type_name(array->type())));
    }
    const std::size_t count = array->children().size();
    for (std::size_t i = 0; i < count; ++i) {
      Nodes wanted;
      for (const UpdateNode* node : nodes) {
        for (const auto& [name, child] : node->children) {
          if (wants(name, array->children()[i].value)) wanted.push_back(&child);
        }
      }
      if (!wanted.empty()) walk(wanted, document_.keep(std::to_string(i)));
    }
  }

  // Where the path's end is, or the deepest part of it.
  struct Place {
    MutableValue* value;  // of the part reached
    MutableValue* parent;
    std::size_t reached;  // components followed
  };

  Place find(const Components& path) {
    Place place{&document_.root(), nullptr, 0};
    for (const auto part : path) {
      MutableValue* next = place.value->child(part);
      if (next == nullptr) break;
      place = {next, place.value, place.reached + 1};
    }
    return place;
  }

  bool blocked(const Place& place, const Components& path) const {
    if (place.value->is(Type::document)) return false;
    return !(place.value->is(Type::array) && parse_index(path[place.reached]) != Path::not_an_index);
  }

  [[noreturn]] void refuse_blocked(const Place& place, const Components& path) const {
    const Components prefix(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(place.reached));
    fail(28, "Cannot create field " + quoted(path[place.reached]) + " in element " + quoted(dotted(prefix)) +
                 ", which is of type " + std::string(bson::type_name(place.value->type())));
  }

  void apply(const UpdateOperator& op) {
    if (op.only_on_insert() && !context_.is_insert) return;
    const std::string text = dotted(path_);
    context_.path = text;
    if (!op.source().empty()) return rename(op);
    const Place place = find(path_);
    if (place.reached == path_.size()) {
      if (op.removes()) return remove(place);
      return op.change(context_, *place.value);
    }
    if (op.removes()) return;
    if (blocked(place, path_)) refuse_blocked(place, path_);
    MutableValue created;
    if (op.create(context_, created)) create(place, path_, std::move(created));
  }

  void remove(const Place& place) {
    auto& siblings = place.parent->children();
    for (auto at = siblings.begin(); at != siblings.end(); ++at) {
      if (&at->value != place.value) continue;
      if (place.parent->is(Type::array)) {
        at->value.set(ValueView(Type::null, nullptr, 0));
      } else {
        siblings.erase(at);
      }
      return;
    }
  }

  void create(const Place& place, const Components& path, MutableValue value) {
    for (std::size_t i = path.size(); i-- > place.reached + 1;) {
      MutableValue parent;
      parent.set_empty(Type::document);
      parent.children().push_back({path[i], std::move(value)});
      value = std::move(parent);
    }
    auto& siblings = place.value->children();
    if (place.value->is(Type::array)) {
      const std::size_t index = parse_index(path[place.reached]);
      if (index > siblings.size() + most_padding)
        fail(34, "can't backfill more than 1500000 elements to reach " + quoted(dotted(path)));
      while (siblings.size() < index) siblings.push_back({"", MutableValue(ValueView(Type::null, nullptr, 0))});
    }
    siblings.push_back({path[place.reached], std::move(value)});
  }

  void refuse_arrays_on(const char* role, const Components& path, std::size_t count) {
    MutableValue* value = &document_.root();
    for (std::size_t i = 0; i < count; ++i) {
      if (value->is(Type::array))
        fail(2, std::string("The ") + role + " field cannot be an array element, " + quoted(dotted(path)));
      value = value->child(path[i]);
    }
  }

  void rename(const UpdateOperator& op) {
    const Path source(op.source());
    Components from;
    for (std::size_t i = 0; i < source.size(); ++i) from.push_back(source[i]);
    Place place = find(from);
    if (place.reached < from.size()) {
      if (blocked(place, from)) refuse_blocked(place, from);
      return;
    }
    refuse_arrays_on("source", from, from.size());
    const Place target = find(path_);
    if (target.reached < path_.size() && blocked(target, path_)) refuse_blocked(target, path_);
    refuse_arrays_on("destination", path_, target.reached);
    if (target.reached < path_.size() && target.value->is(Type::array)) {
      fail(2, "The destination field cannot be an array element, " + quoted(dotted(path_)));
    }
    const MutableValue moved = *place.value;
    if (target.reached == path_.size()) {
      *target.value = moved;
    } else {
      create(target, path_, moved);
      place = find(from);  // creating may have moved its siblings
    }
    remove(place);
  }

  const UpdateTree& tree_;
  UpdateDocument& document_;
  const MatchDetails& details_;
  UpdateContext context_;
  Components path_;
};

}  // namespace

UpdateProgram::UpdateProgram(std::unique_ptr<UpdateTree> tree) noexcept : tree_(std::move(tree)) {}
UpdateProgram::UpdateProgram(UpdateProgram&&) noexcept = default;
UpdateProgram& UpdateProgram::operator=(UpdateProgram&&) noexcept = default;
UpdateProgram::~UpdateProgram() = default;

bool UpdateProgram::needs_match_details() const noexcept { return tree_->positional; }

UpdateResult UpdateProgram::apply(DocumentView document, const MatchDetails& details, bool is_insert,
                                  std::int64_t now_ms) const {
  UpdateDocument mutable_document(document);
  Applier(*tree_, mutable_document, details, is_insert, now_ms).run();
  UpdateResult result{mutable_document.finish(), false};
  result.modified = !(result.document.view() == document);
  const ValueView id = document.find("_id");
  if (!id.missing() && result.modified && !(result.document["_id"] == id)) {
    fail(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
  }
  return result;
}

UpdateResult apply_replacement(DocumentView document, DocumentView replacement) {
  const ValueView id = document.find("_id");
  const ValueView new_id = replacement.find("_id");
  if (!id.missing() && !new_id.missing() && !(id == new_id)) {
    fail(66, "After applying the update, the (immutable) field '_id' was found to have been altered");
  }
  bson::Builder out;
  if (!id.missing() || !new_id.missing()) out.append("_id", id.missing() ? new_id : id);
  for (const auto& [name, value] : replacement) {
    if (name.substr(0, 1) == "$") {
      fail(52, "The dollar ($) prefixed field " + quoted(name) +
                   " is not allowed in the context of an update's replacement document");
    }
    if (name != "_id") out.append(name, value);
  }
  UpdateResult result{out.finish(), false};
  result.modified = !(result.document.view() == document);
  return result;
}

}  // namespace kinship::sqlite
