// BSON as bytes: borrowed views that were validated before they were given out, an owning document, and a builder.
// Views never allocate; whoever holds a view keeps the bytes alive (see driver.hpp for who owns what a store returns).
#pragma once

#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kinship::bson {

enum class Type : std::uint8_t {
  missing = 0,
  double_ = 1,
  string = 2,
  document = 3,
  array = 4,
  binary = 5,
  undefined = 6,
  object_id = 7,
  boolean = 8,
  date = 9,
  null = 10,
  regex = 11,
  db_pointer = 12,
  code = 13,
  symbol = 14,
  code_with_scope = 15,
  int32 = 16,
  timestamp = 17,
  int64 = 18,
  decimal128 = 19,
  max_key = 127,
  min_key = 255
};

/// "string", "objectId", "date", ...: the names `$type` knows, for error texts.
std::string_view type_name(Type type) noexcept;

class DocumentView;

/// One value, borrowed: its type and the bytes of its payload. Accessors require the right type (checked by the caller).
class ValueView {
 public:
  constexpr ValueView() = default;
  constexpr ValueView(Type type, const std::uint8_t* data, std::uint32_t size) : data_(data), size_(size), type_(type) {}

  constexpr Type type() const noexcept { return type_; }
  constexpr bool missing() const noexcept { return type_ == Type::missing; }
  constexpr bool is(Type type) const noexcept { return type_ == type; }
  constexpr bool is_number() const noexcept {
    return type_ == Type::double_ || type_ == Type::int32 || type_ == Type::int64 || type_ == Type::decimal128;
  }
  constexpr const std::uint8_t* data() const noexcept { return data_; }
  constexpr std::uint32_t size() const noexcept { return size_; }

  double as_double() const noexcept { return load<double>(0); }
  std::int32_t as_int32() const noexcept { return load<std::int32_t>(0); }
  /// int64; also date (milliseconds since the epoch) and timestamp.
  std::int64_t as_int64() const noexcept { return load<std::int64_t>(0); }
  bool as_bool() const noexcept { return data_[0] != 0; }
  /// string, code and symbol: without length prefix and terminator; may hold NUL bytes.
  std::string_view as_string() const noexcept { return {reinterpret_cast<const char*>(data_) + 4, size_ - 5}; }
  /// document and array.
  DocumentView as_document() const noexcept;
  const std::uint8_t* as_object_id() const noexcept { return data_; }  // 12 bytes
  std::uint8_t binary_subtype() const noexcept { return data_[4]; }
  std::string_view binary_bytes() const noexcept { return {reinterpret_cast<const char*>(data_) + 5, size_ - 5}; }
  std::string_view regex_pattern() const noexcept { return reinterpret_cast<const char*>(data_); }
  std::string_view regex_options() const noexcept {
    return reinterpret_cast<const char*>(data_) + regex_pattern().size() + 1;
  }

  /// Same type and same bytes (1 and 1.0 differ; see the matcher for query equality).
  friend bool operator==(const ValueView& a, const ValueView& b) noexcept {
    return a.type_ == b.type_ && a.size_ == b.size_ && (a.size_ == 0 || std::memcmp(a.data_, b.data_, a.size_) == 0);
  }

 private:
  template <class T>
  T load(std::size_t at) const noexcept {
    T value;
    std::memcpy(&value, data_ + at, sizeof value);
    return value;
  }

  const std::uint8_t* data_{};
  std::uint32_t size_{};
  Type type_{Type::missing};
};

struct Element {
  std::string_view name;
  ValueView value;
};

/// Bytes of a payload of `type` that starts at `data` (not checked against an end: the document was validated).
std::uint32_t payload_size(Type type, const std::uint8_t* data) noexcept;

namespace detail {
// Fixed payload sizes by type; 0xff: depends on the payload. Types 127 and 255 have none.
inline constexpr std::uint8_t fixed_sizes[20] = {0, 8,    0xff, 0xff, 0xff, 0xff, 0, 12, 1, 8,
                                                 0, 0xff, 0xff, 0xff, 0xff, 0xff, 4, 8,  8, 16};
inline constexpr std::uint8_t empty_document[5] = {5, 0, 0, 0, 0};
}  // namespace detail

/// A document (or array), borrowed. Default: the empty document. Iterates elements in stored order.
class DocumentView {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Element;
    using difference_type = std::ptrdiff_t;
    using reference = const Element&;
    using pointer = const Element*;

    iterator() = default;
    explicit iterator(const std::uint8_t* at) : at_(at) { read(); }
    reference operator*() const noexcept { return element_; }
    pointer operator->() const noexcept { return &element_; }
    iterator& operator++() noexcept {
      at_ = element_.value.data() + element_.value.size();
      read();
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.at_ == b.at_; }

   private:
    void read() noexcept {
      const auto type = static_cast<Type>(*at_);
      if (type == Type::missing) return;  // the document's end
      const char* name = reinterpret_cast<const char*>(at_ + 1);
      const std::size_t length = std::strlen(name);
      const auto* data = at_ + 2 + length;
      const std::uint8_t fixed = *at_ < 20 ? detail::fixed_sizes[*at_] : 0;
      element_.name = {name, length};
      element_.value = ValueView(type, data, fixed != 0xff ? fixed : payload_size(type, data));
    }

    const std::uint8_t* at_{};
    Element element_{};
  };

  DocumentView() = default;
  /// Of bytes known to be a valid document; use `validate` for bytes from outside.
  explicit DocumentView(const std::uint8_t* data) noexcept : data_(data) {}

  const std::uint8_t* data() const noexcept { return data_; }
  std::uint32_t size() const noexcept {
    std::uint32_t size;
    std::memcpy(&size, data_, 4);
    return size;
  }
  bool empty() const noexcept { return size() == 5; }
  iterator begin() const noexcept { return iterator(data_ + 4); }
  iterator end() const noexcept { return iterator(data_ + size() - 1); }
  /// The value of the first field of that name; missing if there is none. Linear; no dotted paths.
  ValueView find(std::string_view name) const noexcept;
  ValueView operator[](std::string_view name) const noexcept { return find(name); }

  friend bool operator==(const DocumentView& a, const DocumentView& b) noexcept {
    return a.size() == b.size() && std::memcmp(a.data_, b.data_, a.size()) == 0;
  }

 private:
  const std::uint8_t* data_{detail::empty_document};
};

inline DocumentView ValueView::as_document() const noexcept { return DocumentView(data_); }

/// How deep a builder nests documents.
inline constexpr std::size_t max_depth = 100;
/// How deep documents may be that are read: stored ones arrive inside messages, and values inside other documents.
inline constexpr std::size_t max_read_depth = 200;

/// Checks lengths, terminators, known types, UTF-8-agnostic, nesting up to `max_read_depth`. Returns the document's view;
/// throws `kinship::error` (`store`) naming offset and fault otherwise. `size` may be larger than the document (trailing
/// bytes are an error unless `allow_trailing`).
DocumentView validate(const std::uint8_t* data, std::size_t size, bool allow_trailing = false);

/// An owning document; always valid, the empty one when moved from. Cheap to move; the empty one owns no memory.
class Document {
 public:
  Document() noexcept = default;
  explicit Document(DocumentView view) : bytes_(view.data(), view.data() + view.size()) {}
  /// Takes bytes known to be a valid document.
  explicit Document(std::vector<std::uint8_t> bytes) noexcept : bytes_(std::move(bytes)) {}

  DocumentView view() const noexcept { return DocumentView(bytes_.empty() ? detail::empty_document : bytes_.data()); }
  operator DocumentView() const noexcept { return view(); }
  const std::vector<std::uint8_t>& bytes() const noexcept { return bytes_.empty() ? empty_bytes() : bytes_; }
  bool empty() const noexcept { return bytes_.size() <= sizeof detail::empty_document; }
  ValueView operator[](std::string_view name) const noexcept { return view().find(name); }
  friend bool operator==(const Document& a, const Document& b) noexcept { return a.view() == b.view(); }

 private:
  static const std::vector<std::uint8_t>& empty_bytes() noexcept;

  std::vector<std::uint8_t> bytes_{};  // empty: the empty document
};

/// Appends fields to a growing document. Inside an array names are ignored and numbered by the builder.
/// A field name with a NUL byte, nesting beyond `max_depth`, or more than 2 GiB throws `kinship::error` (`invalid_query`).
/// A moved-from builder may only be destroyed or assigned to.
class Builder {
 public:
  Builder();

  Builder& append(std::string_view name, ValueView value);
  Builder& append(std::string_view name, DocumentView document);
  Builder& append_array(std::string_view name, DocumentView array);
  Builder& append_double(std::string_view name, double value) { return put(Type::double_, name, value); }
  Builder& append_int32(std::string_view name, std::int32_t value) { return put(Type::int32, name, value); }
  Builder& append_int64(std::string_view name, std::int64_t value) { return put(Type::int64, name, value); }
  Builder& append_bool(std::string_view name, bool value) {
    return put(Type::boolean, name, static_cast<std::uint8_t>(value));
  }
  Builder& append_string(std::string_view name, std::string_view value);
  Builder& append_object_id(std::string_view name, const std::uint8_t* bytes12) {
    std::memcpy(field(Type::object_id, name, 12), bytes12, 12);
    return *this;
  }
  Builder& append_date(std::string_view name, std::int64_t milliseconds) { return put(Type::date, name, milliseconds); }
  Builder& append_null(std::string_view name);
  /// Subtype 2 (obsolete) must begin with its length, as it is stored (`invalid_query`).
  Builder& append_binary(std::string_view name, std::uint8_t subtype, std::string_view bytes);
  /// Pattern and options must not hold NUL bytes (`invalid_query`).
  Builder& append_regex(std::string_view name, std::string_view pattern, std::string_view options);
  Builder& append_timestamp(std::string_view name, std::uint64_t value) { return put(Type::timestamp, name, value); }
  Builder& append_decimal128(std::string_view name, const std::uint8_t* bytes16);
  Builder& append_min_key(std::string_view name);
  Builder& append_max_key(std::string_view name);

  Builder& begin_document(std::string_view name) { return open(Type::document, name); }
  Builder& begin_array(std::string_view name) { return open(Type::array, name); }
  /// Ends the innermost open document or array.
  Builder& end();

  /// Ends the document and hands it over; the builder is empty afterwards and may be used again.
  Document finish();

 private:
  struct Level {
    std::size_t start{};
    std::uint32_t next_index{};
    bool array{};
  };

  template <class T>
  Builder& put(Type type, std::string_view name, T value) {
    std::memcpy(field(type, name, sizeof value), &value, sizeof value);
    return *this;
  }
  // Writes type and name, makes room for `payload` bytes and returns where they go.
  std::uint8_t* field(Type type, std::string_view name, std::size_t payload);
  std::uint8_t* indexed_field(Type type, std::size_t payload);
  Builder& open(Type type, std::string_view name);
  void close();
  void grow(std::size_t count);

  std::vector<std::uint8_t> bytes_;  // its size is the room there is; used_ of it are written
  std::size_t used_{};
  Level level_{};             // the innermost open document or array
  std::vector<Level> outer_;  // those around it: a flat document allocates none
};

}  // namespace kinship::bson
