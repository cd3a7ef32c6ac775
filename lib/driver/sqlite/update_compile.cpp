// From {"$set": {...}} to a tree: paths are checked, conflicts found, operators made. Codes are MongoDB's.
#include "query_error.hpp"
#include "update.hpp"
#include "update_tree.hpp"

namespace kinship::sqlite {

using bson::DocumentView;
using bson::Type;
using bson::ValueView;

namespace {

bool is_digits(std::string_view text) noexcept {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return true;
}

class Compiler {
 public:
  explicit Compiler(UpdateTree& tree) : tree_(tree) {}

  void run() {
    for (const auto& [name, value] : tree_.update.view()) {
      if (name.substr(0, 1) != "$") {
        fail(9, "Unknown modifier: " + std::string(name) + ". An update holds operators such as {$set: {" +
                    std::string(name) + ": ...}} only");
      }
      if (!value.is(Type::document)) {
        fail(9, "Modifiers operate on fields but we found type " + std::string(bson::type_name(value.type())) +
                    " instead. For example: {" + std::string(name) + ": {<field>: ...}}");
      }
      if (value.as_document().empty()) make_operator(name, "", known_good(name));  // refuses unknown names
      for (const auto& [path, operand] : value.as_document()) {
        if (name == "$rename") {
          add_rename(path, operand);
        } else {
          add(path, make_operator(name, path, operand));
        }
      }
    }
    for (const ArrayFilter& filter : tree_.filters) {
      if (!filter.used)
        fail(9, "The array filter for identifier " + quoted(filter.identifier) + " was not used in the update");
    }
  }

 private:
  // An operand that any known operator accepts or that is never looked at.
  static ValueView known_good(std::string_view name) {
    static const bson::Document operands = bson::Builder()
                                               .append_int32("number", 1)
                                               .append_bool("flag", true)
                                               .append_string("text", "x")
                                               .begin_array("array")
                                               .end()
                                               .begin_document("bits")
                                               .append_int32("or", 1)
                                               .end()
                                               .finish();
    if (name == "$currentDate") return operands["flag"];
    if (name == "$rename") return operands["text"];
    if (name == "$pullAll") return operands["array"];
    return name == "$bit" ? operands["bits"] : operands["number"];
  }

  void check(const Path& path) {
    if (path.text().empty()) fail(56, "An empty update path is not valid.");
    int positional = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
      const std::string_view part = path[i];
      if (part.empty())
        fail(56, "The update path " + quoted(path.text()) + " contains an empty field name, which is not allowed.");
      if (part == "$") ++positional;
      if (i > 0 || part[0] != '$') continue;
      if (part == "$")
        fail(2, "Cannot have positional (i.e. '$') element in the first position in path " + quoted(path.text()));
      if (is_array_component(part))
        fail(2, "Cannot have array filter identifier in the first position in path " + quoted(path.text()));
      fail(52, "The dollar ($) prefixed field " + quoted(part) + " in " + quoted(path.text()) +
                   " is not allowed at the top level of a document");
    }
    if (positional > 1) fail(2, "Too many positional (i.e. '$') elements found in path " + quoted(path.text()));
    tree_.positional |= positional > 0;
    for (std::size_t i = 0; i < path.size(); ++i) use_filter(path, path[i]);
  }

  void use_filter(const Path& path, std::string_view part) {
    if (!is_array_component(part) || part == "$[]") return;
    for (ArrayFilter& filter : tree_.filters) {
      if (filter.identifier != identifier_of(part)) continue;
      filter.used = true;
      return;
    }
    fail(2, "No array filter found for identifier " + quoted(identifier_of(part)) + " in path " + quoted(path.text()));
  }

  [[noreturn]] static void conflict(const Path& path, std::string_view at) {
    fail(40, "Updating the path " + quoted(path.text()) + " would create a conflict at " + quoted(at));
  }

  void add(std::string_view text, OperatorPointer leaf, bool placeholder = false) {
    const Path path(text);
    check(path);
    UpdateNode* node = &tree_.root;
    for (std::size_t i = 0; i < path.size(); ++i) {
      const std::string_view part = path[i];
      const std::string_view here =
          std::string_view(path.text()).substr(0, static_cast<std::size_t>(part.data() + part.size() - path.text().data()));
      // Elements by filter and elements by index do not mix below one array.
      if (!node->children.empty() && is_array_component(node->children.begin()->first) != is_array_component(part))
        conflict(path, here);
      node = &node->children[std::string(part)];
      const bool last = i + 1 == path.size();
      if (node->is_end() || (last && !node->children.empty())) conflict(path, here);
    }
    node->leaf = std::move(leaf);
    node->placeholder = placeholder;
  }

  static void check_not_dynamic(const char* role, const Path& path) {
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (path[i] == "$" || is_array_component(path[i])) {
        fail(2, std::string("The ") + role + " field for $rename may not be dynamic: " + path.text());
      }
    }
  }

  void add_rename(std::string_view from, ValueView to) {
    if (!to.is(Type::string)) fail(2, "The 'to' field for $rename must be a string: " + quoted(from));
    if (to.as_string().find('\0') != std::string_view::npos)
      fail(2, "The 'to' field for $rename cannot contain an embedded null byte");
    const Path source(from), target(to.as_string());
    if (source == target) fail(2, "The source and target field for $rename must differ: " + quoted(from));
    const std::string a = source.text() + ".", b = target.text() + ".";
    if (a.compare(0, b.size(), b) == 0 || b.compare(0, a.size(), a) == 0) {
      fail(2, "The source and target field for $rename must not be on the same path: " + quoted(from) + " and " +
                  quoted(to.as_string()));
    }
    check_not_dynamic("source", source);
    check_not_dynamic("destination", target);
    add(from, nullptr, true);
    tree_.owned.push_back(bson::Builder().append_string("", from).finish());
    add(to.as_string(), make_operator("$rename", target.text(), tree_.owned.back().view().begin()->value));
  }

  UpdateTree& tree_;
};

}  // namespace

bool ComponentOrder::operator()(std::string_view a, std::string_view b) const noexcept {
  const bool x = is_digits(a), y = is_digits(b);
  if (x != y) return x;
  if (x && a.size() != b.size()) return a.size() < b.size();
  return a < b;
}

bool is_operator_update(DocumentView update) noexcept { return !update.empty() && update.begin()->name.substr(0, 1) == "$"; }

UpdateProgram UpdateProgram::compile(DocumentView update, DocumentView array_filters) {
  if (!update.empty() && update.begin()->name == "0" && update.begin()->value.is(Type::document)) {
    fail_unsupported(
        "updates with an aggregation pipeline are not supported by the SQLite store; use operators such as $set");
  }
  if (!is_operator_update(update)) {
    fail(9, "the update document must hold operators such as {$set: {...}}; to replace whole documents use replace_one");
  }
  auto tree = std::make_unique<UpdateTree>();
  tree->update = bson::Document(update);
  tree->filters = parse_array_filters(array_filters);
  Compiler(*tree).run();
  return UpdateProgram(std::move(tree));
}

}  // namespace kinship::sqlite
