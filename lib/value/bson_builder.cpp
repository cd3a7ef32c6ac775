// The growing side of bson::Builder: room, names, array indices and nesting.
// A buffer that doubles, and one level kept apart, so that a flat document costs one allocation.
#include <algorithm>
#include <charconv>
#include <kinship/error.hpp>
#include <kinship/value/bson.hpp>

namespace kinship::bson {
namespace {

constexpr std::size_t first_room = 256;

[[noreturn]] void refuse(std::string sentence) { throw error(errc::invalid_query, std::move(sentence)); }

}  // namespace

Builder::Builder() : bytes_(first_room), used_(4) {}

void Builder::grow(std::size_t count) {
  // One byte stays free for the terminator.
  if (count > INT32_MAX || used_ + count + 1 > INT32_MAX) refuse("a document cannot be larger than 2 GiB; split it");
  bytes_.resize(std::max({first_room, bytes_.size() * 2, used_ + count + 1}));
}

std::uint8_t* Builder::field(Type type, std::string_view name, std::size_t payload) {
  if (level_.array) return indexed_field(type, payload);
  const std::size_t count = name.size() + 2 + payload;
  if (used_ + count >= bytes_.size()) grow(count);
  std::uint8_t* at = bytes_.data() + used_;
  *at++ = static_cast<std::uint8_t>(type);
  if (!name.empty()) {
    if (std::memchr(name.data(), 0, name.size()) != nullptr)
      refuse("the field name '" + std::string(name.data()) + "' holds a NUL byte after these letters; remove it");
    std::memcpy(at, name.data(), name.size());
  }
  at[name.size()] = 0;
  used_ += count;
  return at + name.size() + 1;
}

std::uint8_t* Builder::indexed_field(Type type, std::size_t payload) {
  char digits[10];
  const auto result = std::to_chars(digits, digits + sizeof digits, level_.next_index++);
  const auto length = static_cast<std::size_t>(result.ptr - digits);
  const std::size_t count = length + 2 + payload;
  if (used_ + count >= bytes_.size()) grow(count);
  std::uint8_t* at = bytes_.data() + used_;
  *at++ = static_cast<std::uint8_t>(type);
  std::memcpy(at, digits, length);
  at[length] = 0;
  used_ += count;
  return at + length + 1;
}

Builder& Builder::append(std::string_view name, ValueView value) {
  if (value.missing()) return *this;
  std::uint8_t* at = field(value.type(), name, value.size());
  if (value.size() != 0) std::memcpy(at, value.data(), value.size());
  return *this;
}

Builder& Builder::append(std::string_view name, DocumentView document) {
  return append(name, ValueView(Type::document, document.data(), document.size()));
}

Builder& Builder::append_array(std::string_view name, DocumentView array) {
  return append(name, ValueView(Type::array, array.data(), array.size()));
}

Builder& Builder::append_string(std::string_view name, std::string_view value) {
  std::uint8_t* at = field(Type::string, name, value.size() + 5);
  const auto length = static_cast<std::uint32_t>(value.size() + 1);
  std::memcpy(at, &length, 4);
  if (!value.empty()) std::memcpy(at + 4, value.data(), value.size());
  at[4 + value.size()] = 0;
  return *this;
}

Builder& Builder::append_null(std::string_view name) {
  field(Type::null, name, 0);
  return *this;
}

Builder& Builder::append_min_key(std::string_view name) {
  field(Type::min_key, name, 0);
  return *this;
}

Builder& Builder::append_max_key(std::string_view name) {
  field(Type::max_key, name, 0);
  return *this;
}

Builder& Builder::append_binary(std::string_view name, std::uint8_t subtype, std::string_view bytes) {
  if (subtype == 2) {
    std::uint32_t inner = 0;
    if (bytes.size() >= 4) std::memcpy(&inner, bytes.data(), 4);
    if (bytes.size() < 4 || inner != bytes.size() - 4)
      refuse("a binary of subtype 2 begins with the length of what follows; use subtype 0, which has no such prefix");
  }
  std::uint8_t* at = field(Type::binary, name, bytes.size() + 5);
  const auto length = static_cast<std::uint32_t>(bytes.size());
  std::memcpy(at, &length, 4);
  at[4] = subtype;
  if (!bytes.empty()) std::memcpy(at + 5, bytes.data(), bytes.size());
  return *this;
}

Builder& Builder::append_regex(std::string_view name, std::string_view pattern, std::string_view options) {
  if (pattern.find('\0') != pattern.npos || options.find('\0') != options.npos)
    refuse("a regular expression cannot hold a NUL byte; write it as \\x00");
  auto* at = reinterpret_cast<char*>(field(Type::regex, name, pattern.size() + options.size() + 2));
  at += pattern.copy(at, pattern.size());
  *at++ = 0;
  char* first = at;
  at += options.copy(at, options.size());
  std::sort(first, at);
  *at = 0;
  return *this;
}

Builder& Builder::append_decimal128(std::string_view name, const std::uint8_t* bytes16) {
  std::memcpy(field(Type::decimal128, name, 16), bytes16, 16);
  return *this;
}

Builder& Builder::open(Type type, std::string_view name) {
  if (outer_.size() + 2 > max_depth) refuse("documents cannot be nested more than 100 deep; make the value flatter");
  field(type, name, 4);
  outer_.push_back(level_);
  level_ = Level{used_ - 4, 0, type == Type::array};
  return *this;
}

void Builder::close() {
  if (used_ >= bytes_.size()) grow(0);
  bytes_[used_++] = 0;
  const auto length = static_cast<std::uint32_t>(used_ - level_.start);
  std::memcpy(bytes_.data() + level_.start, &length, 4);
}

Builder& Builder::end() {
  if (outer_.empty()) refuse("end() without an open document or array");
  close();
  level_ = outer_.back();
  outer_.pop_back();
  return *this;
}

Document Builder::finish() {
  while (!outer_.empty()) end();
  close();
  bytes_.resize(used_);
  Document document(std::move(bytes_));
  bytes_.clear();
  used_ = 4;
  level_ = {};
  return document;
}

}  // namespace kinship::bson
