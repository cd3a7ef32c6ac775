// See update_document.hpp.
#include "update_document.hpp"

#include "path.hpp"

namespace kinship::sqlite {

using bson::Type;
using bson::ValueView;

MutableValue::MutableValue() = default;
MutableValue::MutableValue(ValueView view) : view_(view) {}
MutableValue::MutableValue(const MutableValue&) = default;
MutableValue::MutableValue(MutableValue&&) noexcept = default;
MutableValue& MutableValue::operator=(const MutableValue&) = default;
MutableValue& MutableValue::operator=(MutableValue&&) noexcept = default;
MutableValue::~MutableValue() = default;

void MutableValue::set(ValueView view) noexcept {
  view_ = view;
  open_ = false;
  children_.clear();
}

void MutableValue::set_empty(Type type) noexcept {
  open_ = true;
  open_type_ = type;
  children_.clear();
}

std::vector<MutableField>& MutableValue::children() {
  if (!open_) {
    open_ = true;
    open_type_ = view_.type();
    children_.reserve(16);
    for (const auto& [name, value] : view_.as_document()) children_.push_back({name, MutableValue(value)});
  }
  return children_;
}

MutableValue* MutableValue::child(std::string_view name) {
  if (!is_container()) return nullptr;
  auto& all = children();
  if (is(Type::array)) {
    const std::uint32_t index = parse_index(name);
    return index < all.size() ? &all[index].value : nullptr;
  }
  for (MutableField& field : all) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

void MutableValue::write(bson::Builder& out, std::string_view name) const {
  if (!open_) {
    out.append(name, view_);
    return;
  }
  if (open_type_ == Type::array) {
    out.begin_array(name);
  } else {
    out.begin_document(name);
  }
  write_fields(out);
  out.end();
}

void MutableValue::write_fields(bson::Builder& out) const {
  for (const MutableField& field : children_) field.value.write(out, field.name);
}

UpdateDocument::UpdateDocument(bson::DocumentView document)
    : root_(ValueView(Type::document, document.data(), document.size())) {
  root_.children();
}

bson::Document UpdateDocument::finish() const {
  bson::Builder out;
  root_.write_fields(out);
  return out.finish();
}

std::string_view UpdateDocument::keep(std::string name) { return names_.emplace_front(std::move(name)); }

ValueView UpdateDocument::keep(bson::Document holder) {
  return values_.emplace_back(std::move(holder)).view().begin()->value;
}

ValueView UpdateDocument::view(const MutableValue& value) {
  if (!value.is_open()) return value.borrowed();
  bson::Builder out;
  value.write(out, "");
  return keep(out.finish());
}

}  // namespace kinship::sqlite
