// A document being changed: opened only where an update goes, everything else stays a view into the stored bytes.
#pragma once

#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

#include <kinship/value/bson.hpp>

namespace kinship::sqlite {

struct MutableField;

/// A value: either borrowed bytes, or (opened) a list of fields or elements.
class MutableValue {
 public:
  // Out of line: a vector of an incomplete type is copied and destroyed where the type is known.
  MutableValue();
  explicit MutableValue(bson::ValueView view);
  MutableValue(const MutableValue&);
  MutableValue(MutableValue&&) noexcept;
  MutableValue& operator=(const MutableValue&);
  MutableValue& operator=(MutableValue&&) noexcept;
  ~MutableValue();

  bson::Type type() const noexcept { return open_ ? open_type_ : view_.type(); }
  bool is(bson::Type wanted) const noexcept { return type() == wanted; }
  bool is_container() const noexcept { return is(bson::Type::document) || is(bson::Type::array); }

  bool is_open() const noexcept { return open_; }
  /// The bytes of a value that is not open.
  bson::ValueView borrowed() const noexcept { return view_; }

  void set(bson::ValueView view) noexcept;
  /// Becomes an empty document or array.
  void set_empty(bson::Type type) noexcept;

  /// Fields of a document, elements of an array (their names are ignored); opens the value.
  std::vector<MutableField>& children();

  /// The child of a document by name, of an array by index; null if there is none or this is a scalar.
  MutableValue* child(std::string_view name);

  void write(bson::Builder& out, std::string_view name) const;
  void write_fields(bson::Builder& out) const;

 private:
  bson::ValueView view_;
  std::vector<MutableField> children_;
  bool open_{};
  bson::Type open_type_{};
};

struct MutableField {
  std::string_view name;
  MutableValue value;
};

/// The document, and the memory that new names and values live in.
class UpdateDocument {
 public:
  explicit UpdateDocument(bson::DocumentView document);

  MutableValue& root() noexcept { return root_; }
  bson::Document finish() const;

  std::string_view keep(std::string name);
  /// The first value of a document that was built for this update.
  bson::ValueView keep(bson::Document holder);
  /// The value as bytes, for comparing and matching; closed values are not copied.
  bson::ValueView view(const MutableValue& value);

 private:
  MutableValue root_;
  std::forward_list<std::string> names_;  // their addresses must stay, and a deque's first page costs more than most updates
  std::vector<bson::Document> values_;    // their bytes stay where they are when documents move
};

}  // namespace kinship::sqlite
