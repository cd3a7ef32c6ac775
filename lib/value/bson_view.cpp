// The parts of BSON views that are too large to inline: type names, payload sizes and the search for a field.
// All of it trusts its bytes: they were validated or built by us.
#include <kinship/value/bson.hpp>

namespace kinship::bson {

std::string_view type_name(Type type) noexcept {
  switch (type) {
    case Type::missing:
      return "missing";
    case Type::double_:
      return "double";
    case Type::string:
      return "string";
    case Type::document:
      return "object";
    case Type::array:
      return "array";
    case Type::binary:
      return "binData";
    case Type::undefined:
      return "undefined";
    case Type::object_id:
      return "objectId";
    case Type::boolean:
      return "bool";
    case Type::date:
      return "date";
    case Type::null:
      return "null";
    case Type::regex:
      return "regex";
    case Type::db_pointer:
      return "dbPointer";
    case Type::code:
      return "javascript";
    case Type::symbol:
      return "symbol";
    case Type::code_with_scope:
      return "javascriptWithScope";
    case Type::int32:
      return "int";
    case Type::timestamp:
      return "timestamp";
    case Type::int64:
      return "long";
    case Type::decimal128:
      return "decimal";
    case Type::max_key:
      return "maxKey";
    case Type::min_key:
      return "minKey";
  }
  return "unknown";
}

std::uint32_t payload_size(Type type, const std::uint8_t* data) noexcept {
  std::uint32_t length;
  switch (type) {
    case Type::string:
    case Type::code:
    case Type::symbol:
      std::memcpy(&length, data, 4);
      return length + 4;
    case Type::document:
    case Type::array:
    case Type::code_with_scope:
      std::memcpy(&length, data, 4);
      return length;
    case Type::binary:
      std::memcpy(&length, data, 4);
      return length + 5;
    case Type::db_pointer:
      std::memcpy(&length, data, 4);
      return length + 16;
    case Type::regex: {
      const auto* text = reinterpret_cast<const char*>(data);
      const std::size_t pattern = std::strlen(text) + 1;
      return static_cast<std::uint32_t>(pattern + std::strlen(text + pattern) + 1);
    }
    default: {
      const auto number = static_cast<std::uint8_t>(type);
      return number < 20 ? detail::fixed_sizes[number] : 0;
    }
  }
}

ValueView DocumentView::find(std::string_view name) const noexcept {
  for (const Element& element : *this)
    if (element.name == name) return element.value;
  return {};
}

const std::vector<std::uint8_t>& Document::empty_bytes() noexcept {
  static const std::vector<std::uint8_t> bytes(detail::empty_document,
                                               detail::empty_document + sizeof detail::empty_document);
  return bytes;
}

}  // namespace kinship::bson
