// Where in which model a value is being decoded: a chain on the stack, turned into text only when something is wrong.
// Every refusal of the codec is made here, so that all of them read alike.
#pragma once

#include <kinship/value/bson.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kinship {

class DecodeSite {
 public:
  /// Where the value came from: it decides which cure an error names.
  enum class Source : std::uint8_t { store, json };

  /// `model` may be null; it must live as long as the site.
  explicit DecodeSite(const char* model, Source source = Source::store) noexcept : model_(model), source_(source) {}
  /// A step into a document or array below `parent`, which must outlive it.
  explicit DecodeSite(const DecodeSite* parent) noexcept : parent_(parent), source_(parent->source_) {}

  void at(std::string_view field) noexcept { field_ = field; }
  void at(std::size_t index) noexcept { index_ = index; }

  const char* model() const noexcept { return parent_ != nullptr ? parent_->model() : model_; }
  /// "title", "address.street", "tags.3.name"; empty for the whole document.
  std::string path() const;
  /// How many steps lead here.
  std::size_t depth() const noexcept { return parent_ != nullptr ? parent_->depth() + 1 : 0; }

  /// Throws `type_mismatch`: the value is of another type than `expected`.
  [[noreturn]] void wrong_type(bson::ValueView found, std::string_view expected) const;
  /// Throws `type_mismatch`: the type is right, but the value does not fit `expected`.
  [[noreturn]] void wrong_value(bson::ValueView found, std::string_view expected) const;

  /// Throws `type_mismatch` with these words.
  [[noreturn]] void refuse(std::string_view found, std::string_view expected, std::string_view cure = {}) const;

 private:
  const char* model_{};
  const DecodeSite* parent_{};
  std::string_view field_{};
  std::size_t index_{static_cast<std::size_t>(-1)};
  Source source_{};
};

}  // namespace kinship
