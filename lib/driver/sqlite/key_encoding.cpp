// The bytes of keys: the type's bracket, then a payload that orders within it. See key_encoding.hpp.
#include "key_encoding.hpp"

#include <cstring>

#include "compare.hpp"
#include "number.hpp"

namespace kinship::sqlite {
namespace {

using bson::Type;
using bson::ValueView;

void put_big_endian(std::string& out, std::uint64_t value, int bytes) {
  char buffer[8];
  for (int i = bytes; i-- > 0; value >>= 8) buffer[i] = static_cast<char>(value);
  out.append(buffer, static_cast<std::size_t>(bytes));
}

// A zero byte becomes 00 ff, the end 00 00: what goes on sorts after what ends.
void put_escaped(std::string& out, std::string_view text) {
  for (;;) {
    const void* zero = text.empty() ? nullptr : std::memchr(text.data(), 0, text.size());
    if (zero == nullptr) break;
    const auto length = static_cast<std::size_t>(static_cast<const char*>(zero) - text.data());
    out.append(text.data(), length);
    out.append("\0\xff", 2);
    text.remove_prefix(length + 1);
  }
  out.append(text.data(), text.size());
}

void put_string(std::string& out, std::string_view text) {
  put_escaped(out, text);
  out.append(2, '\0');
}

// What the double leaves out, as decimal: exponent, then digits in pairs 1..100, then 0; complemented below zero.
void put_rest(std::string& out, ValueView number, int sign) {
  const Digits digits = decimal_digits(number);
  const std::size_t start = out.size();
  put_big_endian(out, static_cast<std::uint64_t>(digits.exponent + 16384), 2);
  for (int i = 0; i < digits.count; i += 2) {
    const int low = i + 1 < digits.count ? digits.digit[i + 1] : 0;
    out += static_cast<char>(digits.digit[i] * 10 + low + 1);
  }
  out += '\0';
  if (sign > 0) return;
  for (std::size_t i = start; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
}

void put_number(std::string& out, ValueView number) {
  const NumberHead head = number_head(number);
  put_big_endian(out, head.ordered, 8);
  out += static_cast<char>(0x80 + head.rest);
  if (head.rest != 0) put_rest(out, number, head.rest);
}

void put(std::string& out, ValueView value);

void put_elements(std::string& out, bson::DocumentView document, bool names) {
  for (const auto& [name, value] : document) {
    if (names) {
      out += static_cast<char>(type_bracket(value.type()));
      out.append(name.data(), name.size());
      out += '\0';
    }
    put(out, value);
  }
  out += '\0';
}

void put_scoped_code(std::string& out, ValueView value) {
  std::uint32_t length;
  std::memcpy(&length, value.data() + 4, 4);
  put_string(out, {reinterpret_cast<const char*>(value.data()) + 8, length - 1});
  put_elements(out, bson::DocumentView(value.data() + 8 + length), true);
}

void put(std::string& out, ValueView value) {
  out += static_cast<char>(type_bracket(value.type()));
  switch (value.type()) {
    case Type::double_:
    case Type::int32:
    case Type::int64:
    case Type::decimal128:
      return put_number(out, value);
    case Type::string:
    case Type::symbol:
    case Type::code:
      return put_string(out, value.as_string());
    case Type::document:
      return put_elements(out, value.as_document(), true);
    case Type::array:
      return put_elements(out, value.as_document(), false);
    case Type::binary:
      put_big_endian(out, value.size() - 5, 4);
      out.append(reinterpret_cast<const char*>(value.data()) + 4, value.size() - 4);
      return;
    case Type::object_id:
      out.append(reinterpret_cast<const char*>(value.data()), 12);
      return;
    case Type::boolean:
      out += static_cast<char>(value.as_bool());
      return;
    case Type::date:
      return put_big_endian(out, static_cast<std::uint64_t>(value.as_int64()) ^ 0x8000000000000000u, 8);
    case Type::timestamp:
      return put_big_endian(out, static_cast<std::uint64_t>(value.as_int64()), 8);
    case Type::regex:
      put_string(out, value.regex_pattern());
      return put_string(out, value.regex_options());
    case Type::db_pointer:
      put_big_endian(out, value.size(), 4);
      out.append(reinterpret_cast<const char*>(value.data()), value.size());
      return;
    case Type::code_with_scope:
      return put_scoped_code(out, value);
    default:
      return;
  }
}

void invert(std::string& out, std::size_t from) {
  for (std::size_t i = from; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
}

}  // namespace

void append_key(std::string& out, ValueView value, bool descending) {
  const std::size_t start = out.size();
  if (value.is(Type::object_id)) {  // most keys are ids: one append
    char key[13];
    key[0] = static_cast<char>(type_bracket(Type::object_id));
    std::memcpy(key + 1, value.data(), 12);
    out.append(key, sizeof key);
  } else {
    put(out, value);
  }
  if (descending) invert(out, start);
}

char bracket_begin(Type type, bool descending) noexcept {
  const std::uint8_t bracket = type_bracket(type);
  return static_cast<char>(descending ? ~bracket : bracket);
}

char bracket_end(Type type, bool descending) noexcept {
  return static_cast<char>(static_cast<std::uint8_t>(bracket_begin(type, descending)) + 1);
}

void append_string_prefix(std::string& out, std::string_view prefix, bool descending) {
  const std::size_t start = out.size();
  out += static_cast<char>(type_bracket(Type::string));
  put_escaped(out, prefix);
  if (descending) invert(out, start);
}

}  // namespace kinship::sqlite
