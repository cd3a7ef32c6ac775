// Checks bytes from outside before a view of them is given out: after this, reading them needs no bounds checks.
// Recursion is bounded by max_read_depth, and every length is compared with what is left before it is used.
#include <bit>
#include <kinship/error.hpp>
#include <kinship/value/bson.hpp>

namespace kinship::bson {
namespace {

class Validator {
 public:
  explicit Validator(const std::uint8_t* base) : base_(base) {}

  // A document that must be exactly the bytes [at, end).
  void document(const std::uint8_t* at, const std::uint8_t* end, std::size_t depth) const {
    if (depth > max_read_depth) fail(at, "documents are nested more than 200 deep");
    if (end - at < 5) fail(at, "a document is cut short");
    if (length(at) != static_cast<std::uint32_t>(end - at)) fail(at, "a document's length does not match its place");
    const std::uint8_t* last = end - 1;
    if (*last != 0) fail(last, "a document has no terminator");
    at += 4;
    while (at < last) {
      const std::uint8_t type = *at;
      if (type == 0) fail(at, "a document ends before its length says");
      const std::uint8_t* data = terminated(at + 1, last, "a field name has no terminator");
      // The common types here, without a call; the rest by their shape.
      if (type < 20 && detail::fixed_sizes[type] != 0xff) {
        at = advance(data, last, detail::fixed_sizes[type]);
        if (type == static_cast<std::uint8_t>(Type::boolean) && *data > 1) fail(data, "a bool is neither 0 nor 1");
      } else if (type == static_cast<std::uint8_t>(Type::string)) {
        at = string(data, last);
      } else {
        at = payload(static_cast<Type>(type), data, last, depth);
      }
    }
  }

  [[noreturn]] void fail(const std::uint8_t* at, const char* fault) const {
    throw error(errc::store, "BSON is damaged at byte " + std::to_string(at - base_) + ": " + fault +
                                 "; restore the document from a backup, or write it again");
  }

  static std::uint32_t length(const std::uint8_t* at) {
    std::uint32_t value;
    std::memcpy(&value, at, 4);
    return value;
  }

 private:
  const std::uint8_t* terminated(const std::uint8_t* at, const std::uint8_t* end, const char* fault) const {
    const std::uint8_t* const begin = at;
    // Names are short: eight bytes at once cost less than a call.
    for (; end - at >= 8; at += 8) {
      std::uint64_t word;
      std::memcpy(&word, at, 8);
      const std::uint64_t zeros = (word - 0x0101'0101'0101'0101u) & ~word & 0x8080'8080'8080'8080u;
      if (zeros != 0) return at + std::countr_zero(zeros) / 8 + 1;
    }
    for (; at < end; ++at)
      if (*at == 0) return at + 1;
    fail(begin, fault);
  }

  const std::uint8_t* advance(const std::uint8_t* at, const std::uint8_t* end, std::uint64_t count) const {
    if (count > static_cast<std::uint64_t>(end - at)) fail(at, "a value is longer than its document");
    return at + count;
  }

  const std::uint8_t* string(const std::uint8_t* at, const std::uint8_t* end) const {
    const std::uint8_t* text = advance(at, end, 4);
    const std::uint32_t size = length(at);
    if (size == 0) fail(at, "a string has no room for its terminator");
    const std::uint8_t* after = advance(text, end, size);
    if (after[-1] != 0) fail(at, "a string has no terminator");
    return after;
  }

  const std::uint8_t* nested(const std::uint8_t* at, const std::uint8_t* end, std::size_t depth) const {
    advance(at, end, 4);
    const std::uint8_t* after = advance(at, end, length(at));
    document(at, after, depth + 1);
    return after;
  }

  const std::uint8_t* binary(const std::uint8_t* at, const std::uint8_t* end) const {
    const std::uint8_t* bytes = advance(at, end, 5);
    const std::uint32_t size = length(at);
    const std::uint8_t* after = advance(bytes, end, size);
    // The old generic subtype repeats its length inside.
    if (at[4] == 2 && (size < 4 || length(bytes) != size - 4)) fail(at, "a binary's inner length is wrong");
    return after;
  }

  const std::uint8_t* scoped_code(const std::uint8_t* at, const std::uint8_t* end, std::size_t depth) const {
    advance(at, end, 4);
    const std::uint8_t* after = advance(at, end, length(at));
    const std::uint8_t* scope = string(advance(at, after, 4), after);
    document(scope, after, depth + 1);
    return after;
  }

  // The type is not 0: that ended the document.
  // Types whose size stands in the payload, or that are none.
  const std::uint8_t* payload(Type type, const std::uint8_t* at, const std::uint8_t* end, std::size_t depth) const {
    switch (type) {
      case Type::min_key:
      case Type::max_key:
        return at;
      case Type::code:
      case Type::symbol:
        return string(at, end);
      case Type::document:
      case Type::array:
        return nested(at, end, depth);
      case Type::binary:
        return binary(at, end);
      case Type::regex: {
        const std::uint8_t* options = terminated(at, end, "a regular expression has no terminator");
        return terminated(options, end, "a regular expression's options have no terminator");
      }
      case Type::db_pointer:
        return advance(string(at, end), end, 12);
      case Type::code_with_scope:
        return scoped_code(at, end, depth);
      default:
        break;
    }
    fail(at, "a value is of no known type");
  }

  const std::uint8_t* base_;
};

}  // namespace

DocumentView validate(const std::uint8_t* data, std::size_t size, bool allow_trailing) {
  const Validator validator(data);
  if (size < 5) validator.fail(data, "a document is cut short");
  const std::size_t length = Validator::length(data);
  if (length > size) validator.fail(data, "a document is cut short");
  if (length < size && !allow_trailing) validator.fail(data + length, "bytes follow the document");
  validator.document(data, data + length, 1);
  return DocumentView(data);
}

}  // namespace kinship::bson
