// The field reader: the expected name is compared in place; only a surprise leads to a search.
// Lengths were validated, so all that is checked here is that a comparison stays inside the document.
#include <kinship/value/field_reader.hpp>

namespace kinship::bson {

ValueView FieldReader::next(std::string_view name) noexcept {
  const std::size_t size = name.size();
  // A field of that name takes at least its type, the name and a NUL.
  if (static_cast<std::size_t>(end_ - at_) > size + 1 && at_[size + 1] == 0 && std::memcmp(at_ + 1, name.data(), size) == 0)
    return take(at_, size);
  return search(name);
}

inline ValueView FieldReader::take(const std::uint8_t* field, std::size_t name_size) noexcept {
  const std::uint8_t type = *field;
  const std::uint8_t* data = field + 2 + name_size;
  const std::uint8_t fixed = type < 20 ? detail::fixed_sizes[type] : 0;
  const std::uint32_t size = fixed != 0xff ? fixed : payload_size(static_cast<Type>(type), data);
  at_ = data + size;
  return ValueView(static_cast<Type>(type), data, size);
}

const std::uint8_t* FieldReader::find(const std::uint8_t* from, const std::uint8_t* to,
                                      std::string_view name) const noexcept {
  while (from < to) {
    const char* stored = reinterpret_cast<const char*>(from + 1);
    const std::size_t length = std::strlen(stored);
    if (name == std::string_view(stored, length)) return from;
    const auto* data = from + 2 + length;
    from = data + payload_size(static_cast<Type>(*from), data);
  }
  return nullptr;
}

ValueView FieldReader::search(std::string_view name) noexcept {
  if (const std::uint8_t* field = find(at_, end_, name)) {
    skipped_ = skipped_ || field != at_;
    return take(field, name.size());
  }
  // Everything before at_ was asked for already, unless something was skipped.
  if (!skipped_) return {};
  if (const std::uint8_t* field = find(begin_, at_, name)) return take(field, name.size());
  return {};
}

}  // namespace kinship::bson
