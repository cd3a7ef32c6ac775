// Reads a document's fields by name in the order in which they are expected to stand, which is how they were written.
// A field that stands elsewhere is searched for; nothing is searched twice without need.
#pragma once

#include <kinship/value/bson.hpp>

#include <cstdint>
#include <string_view>

namespace kinship::bson {

class FieldReader {
 public:
  /// The document must have been validated, and outlive the reader.
  explicit FieldReader(DocumentView document) noexcept
      : begin_(document.data() + 4), at_(begin_), end_(document.data() + document.size() - 1) {}

  /// The value of the first field of that name; missing if there is none. Cheap if the fields are asked for in stored order.
  ValueView next(std::string_view name) noexcept;

 private:
  ValueView take(const std::uint8_t* field, std::size_t name_size) noexcept;
  ValueView search(std::string_view name) noexcept;
  const std::uint8_t* find(const std::uint8_t* from, const std::uint8_t* to, std::string_view name) const noexcept;

  const std::uint8_t* begin_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool skipped_{};  // a field before at_ was not asked for when it was passed
};

}  // namespace kinship::bson
