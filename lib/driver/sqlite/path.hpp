// Dotted paths, split once, and MongoDB's rules for walking them: into objects inside arrays, not into arrays inside arrays;
// a numeric component is an array index or a field's name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <kinship/value/bson.hpp>

namespace kinship::sqlite {

/// "a.0.b" as components. Owns its text; copies are independent.
class Path {
 public:
  static constexpr std::uint32_t not_an_index = UINT32_MAX;

  Path() = default;
  Path(std::string_view dotted);
  Path(const char* dotted) : Path(std::string_view(dotted)) {}

  const std::string& text() const noexcept { return text_; }
  std::size_t size() const noexcept { return parts_.size(); }
  std::string_view operator[](std::size_t i) const noexcept { return {text_.data() + parts_[i].at, parts_[i].length}; }
  /// The component as an array index ("0", "12", no leading zeros), else not_an_index.
  std::uint32_t index(std::size_t i) const noexcept { return parts_[i].index; }
  /// What is left from component `i` on, as text.
  std::string_view rest(std::size_t i) const noexcept { return std::string_view(text_).substr(parts_[i].at); }
  friend bool operator==(const Path& a, const Path& b) noexcept { return a.text_ == b.text_; }

 private:
  struct Part {
    std::uint32_t at, length, index;
  };
  std::string text_;
  std::vector<Part> parts_;
};

/// What a visitor is told about one value: `array_index` is the position in the outermost array passed, or -1.
struct Visited {
  bson::ValueView value;
  std::int32_t array_index{-1};
};

/// Whether an array at the end of the path is visited element by element and then as a whole, or only as a whole.
enum class Leaf : std::uint8_t { expand, whole };

/// Calls `visit(Visited)` for every value the path reaches, until it returns true; returns whether it did. A field that is
/// not there is visited as missing (objects and scalars on the way), but scalars inside an array are passed over.
template <class Visit>
bool walk(const Path& path, bson::DocumentView document, Leaf leaf, Visit&& visit);

/// The value at a path that passes no arrays except by index; missing otherwise.
bson::ValueView value_at(bson::DocumentView document, const Path& path);

/// Decimal digits without leading zeros, below 2^31; else Path::not_an_index.
std::uint32_t parse_index(std::string_view component) noexcept;

}  // namespace kinship::sqlite

#include "path_walk.hpp"
