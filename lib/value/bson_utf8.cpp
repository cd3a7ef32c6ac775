// Looks whether all text of a document is UTF-8: no stray or missing continuation, nothing overlong, no surrogates.
// Apart from validation, which every document read pays for.
#include <kinship/error.hpp>
#include <kinship/value/bson_utf8.hpp>
#include <string>

namespace kinship::bson {
namespace {

// Bytes of the sequence at `at`, or 0 if it is none.
std::size_t sequence(const unsigned char* at, std::size_t left) noexcept {
  const unsigned char first = at[0];
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || size > left) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((at[i] & 0xc0) != 0x80) return 0;
  if ((first == 0xe0 && at[1] < 0xa0) || (first == 0xf0 && at[1] < 0x90)) return 0;    // overlong
  if ((first == 0xed && at[1] >= 0xa0) || (first == 0xf4 && at[1] >= 0x90)) return 0;  // surrogates, beyond U+10FFFF
  return size;
}

bool is_utf8(std::string_view text) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  for (std::size_t left = text.size(); left > 0;) {
    const std::size_t size = sequence(at, left);
    if (size == 0) return false;
    at += size;
    left -= size;
  }
  return true;
}

void check(DocumentView document, const std::string& path);

void check_text(std::string_view text, const std::string& path) {
  if (is_utf8(text)) return;
  throw error(errc::store, "the text of field '" + path + "' is not UTF-8; write it again, in UTF-8 or as binary");
}

// A string inside another payload: length, bytes, terminator.
std::string_view string_at(const std::uint8_t* at) noexcept {
  std::uint32_t size;
  std::memcpy(&size, at, 4);
  return {reinterpret_cast<const char*>(at) + 4, size - 1};
}

void check(ValueView value, const std::string& path) {
  switch (value.type()) {
    case Type::string:
    case Type::code:
    case Type::symbol:
      return check_text(value.as_string(), path);
    case Type::db_pointer:
      return check_text(string_at(value.data()), path);
    case Type::regex:
      check_text(value.regex_pattern(), path);
      return check_text(value.regex_options(), path);
    case Type::code_with_scope: {
      const std::string_view code = string_at(value.data() + 4);
      check_text(code, path);
      return check(DocumentView(value.data() + 8 + code.size() + 1), path + ".$scope");
    }
    case Type::document:
    case Type::array:
      return check(value.as_document(), path);
    default:
      return;
  }
}

void check(DocumentView document, const std::string& path) {
  for (const auto& [name, value] : document) {
    if (!is_utf8(name))
      throw error(errc::store,
                  "a field name below '" + path + "' is not UTF-8; rename the field where the document is written");
    check(value, path.empty() ? std::string(name) : path + "." + std::string(name));
  }
}

}  // namespace

void check_utf8(DocumentView document) { check(document, ""); }

}  // namespace kinship::bson
