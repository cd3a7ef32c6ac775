// Multikey expansion; see index_keys.hpp. Which array is expanded when, and what positional components do, follows
// BtreeKeyGenerator of mongodb/mongo (src/mongo/db/index/btree_key_generator.cpp).
#include "index_keys.hpp"

#include <algorithm>

#include "find_field.hpp"
#include "key_encoding.hpp"
#include "query_error.hpp"

namespace kinship::sqlite {

using bson::DocumentView;
using bson::Type;
using bson::ValueView;

namespace {

constexpr ValueView null_value(Type::null, nullptr, 0);
constexpr ValueView undefined_value(Type::undefined, nullptr, 0);

// How far the path of one index field has been followed.
struct Field {
  std::size_t part{};  // next component; path.size(): `value` is what the index holds
  ValueView value{};
  // The component `part` names an element of the array being expanded: that element, and what the path reaches in it.
  ValueView element{};
  ValueView reached{};
  std::size_t reached_part{};
};

class Extractor {
 public:
  Extractor(const IndexSpec& spec, IndexKeys& out) : spec_(spec), out_(out) {}

  std::size_t run(DocumentView document) {
    expand(std::vector<Field>(spec_.fields.size()), document, 0);
    return count_;
  }

 private:
  const Path& path(std::size_t i) const { return spec_.fields[i].path; }

  // Follows path `i` from `part` down to a value, an array, or nothing; `part` becomes the component after it.
  ValueView follow(std::size_t i, DocumentView object, std::size_t& part) const {
    for (;;) {
      const ValueView value = find_field(object, path(i)[part]);
      ++part;
      if (value.missing() || value.is(Type::array) || part == path(i).size()) return value;
      if (!value.is(Type::document)) return {};
      object = value.as_document();
    }
  }

  ValueView next(std::size_t i, Field& field, DocumentView object, bool& nested) const {
    const bool named = !object.find(path(i)[field.part]).missing();
    if (field.element.missing()) return named ? follow(i, object, field.part) : ValueView{};
    if (named) {
      fail(16746, "Ambiguous field name found in array: " + quoted(path(i)[field.part]) +
                      " is both an index and a field in " + quoted(path(i).text()) +
                      "; do not use numeric field names inside arrays that are indexed");
    }
    nested |= field.element.is(Type::array);
    field.part = field.reached_part;
    return field.reached;
  }

  void expand(std::vector<Field> fields, DocumentView object, std::size_t missing) {
    ValueView array;
    std::vector<bool> in_array(fields.size());
    bool nested = false;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      Field& field = fields[i];
      if (field.part == path(i).size()) continue;
      const ValueView value = next(i, field, object, nested);
      if (value.missing()) {
        field = {path(i).size(), null_value, {}, {}, 0};
        ++missing;
      } else if (value.is(Type::array)) {
        in_array[i] = true;
        if (!array.missing() && array.data() != value.data()) {
          fail(171,
               "cannot index parallel arrays: " + quoted(path(i).text()) + " and another indexed field both hold arrays");
        }
        array = value;
      } else {
        field = {path(i).size(), value, {}, {}, 0};
      }
    }
    if (array.missing()) return emit(fields, missing);
    out_.multikey = true;
    if (array.as_document().empty()) {
      for (Field& field : fields) field.element = {};  // used up; what is left of the path finds nothing
      return expand_element(fields, in_array, undefined_value, missing);
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (in_array[i]) aim(i, fields[i], array);
    }
    for (const auto& element : array.as_document())
      expand_element(fields, in_array, nested ? array : element.value, missing, element.value);
  }

  // A positional component picks one element; what the path reaches from there is the same for every key.
  void aim(std::size_t i, Field& field, ValueView array) const {
    field.element = field.reached = {};
    if (field.part == path(i).size()) return;
    field.element = array.as_document().find(path(i)[field.part]);
    if (field.element.missing()) return;
    field.reached_part = field.part;
    field.reached = follow(i, array.as_document(), field.reached_part);
  }

  void expand_element(std::vector<Field> fields, const std::vector<bool>& in_array, ValueView leaf, std::size_t missing,
                      ValueView element = {}) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (in_array[i] && fields[i].part == path(i).size()) fields[i].value = leaf;
    }
    expand(std::move(fields), element.is(Type::document) ? element.as_document() : DocumentView{}, missing);
  }

  void emit(const std::vector<Field>& fields, std::size_t missing) {
    if (spec_.sparse && missing == fields.size()) return;
    if (count_ == out_.keys.size()) out_.keys.emplace_back();
    std::string& key = out_.keys[count_++];
    key.clear();
    for (std::size_t i = 0; i < fields.size(); ++i) append_key(key, fields[i].value, spec_.fields[i].descending);
  }

  const IndexSpec& spec_;
  IndexKeys& out_;
  std::size_t count_{};
};

// One field without indexes in its path: arrays open one inside the other, nothing has to be paired.
class SingleField {
 public:
  SingleField(const IndexSpec& spec, IndexKeys& out) : field_(spec.fields.front()), sparse_(spec.sparse), out_(out) {}

  std::size_t run(DocumentView document) {
    enter(document, 0);
    return count_;
  }

 private:
  void enter(DocumentView object, std::size_t part) {
    for (;; ++part) {
      const ValueView value = find_field(object, field_.path[part]);
      if (value.is(Type::array)) return expand(value.as_document(), part + 1);
      if (part + 1 == field_.path.size()) return emit(value);
      if (!value.is(Type::document)) return emit(ValueView{});
      object = value.as_document();
    }
  }

  void expand(DocumentView array, std::size_t part) {
    out_.multikey = true;
    const bool ends_here = part == field_.path.size();
    if (array.empty()) return emit(ends_here ? undefined_value : ValueView{});
    for (const auto& element : array) {
      if (ends_here) {
        emit(element.value);
      } else if (element.value.is(Type::document)) {
        enter(element.value.as_document(), part);
      } else {
        emit(ValueView{});
      }
    }
  }

  void emit(ValueView value) {
    if (sparse_ && value.missing()) return;
    if (count_ == out_.keys.size()) out_.keys.emplace_back();
    std::string& key = out_.keys[count_++];
    key.clear();
    append_key(key, value, field_.descending);
  }

  const IndexField& field_;
  bool sparse_;
  IndexKeys& out_;
  std::size_t count_{};
};

void finish(IndexKeys& out, std::size_t count) {
  out.keys.resize(count);
  if (count < 2) return;
  std::sort(out.keys.begin(), out.keys.end());
  out.keys.erase(std::unique(out.keys.begin(), out.keys.end()), out.keys.end());
}

bool has_index(const Path& path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path.index(i) != Path::not_an_index) return true;
  }
  return false;
}

// Documents without arrays on the way need no bookkeeping: most of them. False: take the long way.
bool extract_plain(const IndexSpec& spec, DocumentView document, IndexKeys& out) {
  out.keys.resize(1);
  std::string& key = out.keys.front();
  key.clear();
  std::size_t missing = 0;
  for (const IndexField& field : spec.fields) {
    DocumentView object = document;
    ValueView value;
    for (std::size_t part = 0; part < field.path.size(); ++part) {
      value = find_field(object, field.path[part]);
      if (value.is(Type::array)) return false;
      if (part + 1 == field.path.size()) break;
      if (!value.is(Type::document)) {
        value = {};
        break;
      }
      object = value.as_document();
    }
    missing += value.missing();
    append_key(key, value, field.descending);
  }
  if (spec.sparse && missing == spec.fields.size()) out.keys.clear();
  return true;
}

}  // namespace

void extract(const IndexSpec& spec, DocumentView document, IndexKeys& out) {
  out.multikey = false;
  if (extract_plain(spec, document, out)) return;
  const bool single = spec.fields.size() == 1 && !has_index(spec.fields.front().path);
  finish(out, single ? SingleField(spec, out).run(document) : Extractor(spec, out).run(document));
}

IndexKeys extract(const IndexSpec& spec, DocumentView document) {
  IndexKeys keys;
  extract(spec, document, keys);
  return keys;
}

}  // namespace kinship::sqlite
