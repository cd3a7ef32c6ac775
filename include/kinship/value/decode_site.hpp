// Where in which model a value is being decoded: a chain on the stack, turned into text only when something is wrong.
// Every refusal of the codec is made here, so that all of them read alike.
#pragma once

#include <kinship/value/bson.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace kinship {

class DecodeSite {
 public:
  /// `model` may be null; it must live as long as the site.
  explicit DecodeSite(const char* model) noexcept : model_(model) {}
  /// A step into a document or array below `parent`, which must outlive it.
  explicit DecodeSite(const DecodeSite* parent) noexcept : parent_(parent) {}

  void at(std::string_view field) noexcept { field_ = field; }
  void at(std::size_t index) noexcept { index_ = index; }

  const char* model() const noexcept { return parent_ != nullptr ? parent_->model() : model_; }
  /// "title", "address.street", "tags.3.name".
  std::string path() const;

  /// Throws `type_mismatch`: the value is of another type than `expected`.
  [[noreturn]] void wrong_type(bson::ValueView found, std::string_view expected) const;
  /// Throws `type_mismatch`: the type is right, but the value does not fit `expected`.
  [[noreturn]] void wrong_value(bson::ValueView found, std::string_view expected) const;

 private:
  [[noreturn]] void refuse(const std::string& found, std::string_view expected, std::string_view cure) const;

  const char* model_{};
  const DecodeSite* parent_{};
  std::string_view field_{};
  std::size_t index_{static_cast<std::size_t>(-1)};
};

}  // namespace kinship
