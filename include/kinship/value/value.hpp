// Value: one owning BSON value of any type, made implicitly from C++ values; what conditions and updates hold.
// Copies are cheap: payloads up to 24 bytes live inside, larger ones are shared and never change.
#pragma once

#include <kinship/value/binary.hpp>
#include <kinship/value/bson.hpp>
#include <kinship/value/datetime.hpp>
#include <kinship/value/decimal128.hpp>
#include <kinship/value/enum_names.hpp>
#include <kinship/value/id.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace kinship {

/// Teaches `Value` another type: `static Value from(const T&)`. JSON does so in json.hpp.
template <class T>
struct ValueFrom;

class Value {
 public:
  /// null
  Value() noexcept = default;
  Value(std::nullptr_t) noexcept {}
  Value(std::nullopt_t) noexcept {}
  template <std::same_as<bool> B>
  Value(B value) noexcept {
    set(bson::Type::boolean, static_cast<std::uint8_t>(value));
  }
  /// int32 for types whose every value fits it, else int64; throws `type_mismatch` above the largest int64.
  template <detail::integer T>
  Value(T value) {
    if constexpr (sizeof(T) < 4 || (sizeof(T) == 4 && std::is_signed_v<T>))
      set(bson::Type::int32, static_cast<std::int32_t>(value));
    else
      set(bson::Type::int64, detail::to_int64(value));
  }
  template <std::floating_point F>
  Value(F value) noexcept {
    set(bson::Type::double_, static_cast<double>(value));
  }
  /// A described enum by its name, any other as its integer.
  template <class E>
    requires std::is_enum_v<E>
  Value(E value) {
    set_enum(detail::enum_names<E>(), static_cast<std::int64_t>(value), sizeof(E) <= 4);
  }
  Value(std::string_view text);
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const ObjectId& id) noexcept;
  Value(const Uuid& id) noexcept;
  /// none becomes null
  Value(const Id& id);
  template <class D>
  Value(std::chrono::sys_time<D> date) {
    set(bson::Type::date, to_milliseconds(date));
  }
  Value(const Decimal128& value) noexcept { set(bson::Type::decimal128, value.bytes()); }
  Value(const Binary& bytes);
  /// Copies the bytes.
  Value(bson::ValueView value) { assign(value.missing() ? bson::Type::null : value.type(), value.data(), value.size()); }
  Value(bson::DocumentView document) { assign(bson::Type::document, document.data(), document.size()); }
  Value(const bson::Document& document) : Value(document.view()) {}
  /// nullopt becomes null
  template <class T>
    requires std::constructible_from<Value, const T&>
  Value(const std::optional<T>& value) : Value(value ? Value(*value) : Value()) {}
  template <class T>
    requires std::constructible_from<Value, const T&>
  Value(const std::vector<T>& values) {
    bson::Builder builder;
    builder.begin_array("");
    for (const auto& value : values) builder.append("", Value(static_cast<const T&>(value)).view());
    set_array(std::move(builder));
  }
  template <class T>
    requires requires(const T& value) {
      { ValueFrom<T>::from(value) } -> std::same_as<Value>;
    }
  Value(const T& value) : Value(ValueFrom<T>::from(value)) {}

  Value(const Value& other) noexcept : store_(other.store_), size_(other.size_), type_(other.type_) {
    if (shared()) retain();
  }
  Value(Value&& other) noexcept : store_(other.store_), size_(other.size_), type_(other.type_) {
    other.size_ = 0;
    other.type_ = bson::Type::null;
  }
  Value& operator=(Value other) noexcept {
    std::swap(store_, other.store_);
    std::swap(size_, other.size_);
    std::swap(type_, other.type_);
    return *this;
  }
  ~Value() {
    if (shared()) release();
  }

  bson::Type type() const noexcept { return type_; }
  bool is_null() const noexcept { return type_ == bson::Type::null; }
  /// Valid as long as this value (or, beyond 24 bytes, a copy of it) lives unchanged.
  bson::ValueView view() const noexcept { return bson::ValueView(type_, data(), size_); }
  operator bson::ValueView() const noexcept { return view(); }

  /// Same type and same bytes: 1 and 1.0 differ here (a condition compares as the store does).
  friend bool operator==(const Value& a, const Value& b) noexcept { return a.view() == b.view(); }
  friend std::ostream& operator<<(std::ostream& out, const Value& value);

 private:
  static constexpr std::uint32_t inline_size = 24;
  struct Block;

  template <class T>
  void set(bson::Type type, const T& payload) noexcept {
    static_assert(sizeof payload <= inline_size);
    std::memcpy(store_.data(), &payload, sizeof payload);
    size_ = sizeof payload;
    type_ = type;
  }
  void set_enum(std::span<const detail::EnumName> names, std::int64_t value, bool narrow);
  void set_array(bson::Builder&& builder);
  void assign(bson::Type type, const void* data, std::size_t size);
  std::uint8_t* room(bson::Type type, std::size_t size);

  bool shared() const noexcept { return size_ > inline_size; }
  const std::uint8_t* data() const noexcept;
  void retain() const noexcept;
  void release() noexcept;
  Block* block() const noexcept;

  alignas(8) std::array<std::uint8_t, inline_size> store_{};  // the payload, or the address of the block that holds it
  std::uint32_t size_{};
  bson::Type type_{bson::Type::null};
};

/// A value as text for messages: "draft", 5, ObjectId(65ab...), [1, 2, ...]; cut off at about `limit` characters.
std::string describe(bson::ValueView value, std::size_t limit = 80);

}  // namespace kinship
