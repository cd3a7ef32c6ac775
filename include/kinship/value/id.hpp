// Id: the key of any model, whatever its type: none, an ObjectId, an integer, a string or a Uuid.
// Compares exactly with each of them; integers of any width are one type, as they are in the stores.
#pragma once

#include <kinship/value/bson.hpp>
#include <kinship/value/object_id.hpp>
#include <kinship/value/uuid.hpp>

#include <array>
#include <compare>
#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace kinship {

/// What an `Id` holds.
enum class IdType : std::uint8_t { none, object_id, integer, string, uuid };

namespace detail {

template <class T>
concept integer =
    std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> && !std::is_same_v<T, wchar_t> &&
    !std::is_same_v<T, char8_t> && !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>;

// The types an Id holds as they are, and gives back.
template <class T>
concept id_key = std::is_same_v<T, ObjectId> || std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::string> ||
                 std::is_same_v<T, Uuid>;

template <class T>
concept id_text = std::is_convertible_v<const T&, std::string_view>;

template <class T>
concept id_comparable = id_key<T> || integer<T> || id_text<T>;

// Throws type_mismatch for what int64 cannot hold.
std::int64_t checked_int64(std::uint64_t value);

template <integer T>
constexpr std::int64_t to_int64(T value) {
  if constexpr (std::is_signed_v<T> || sizeof(T) < 8)
    return value;
  else
    return checked_int64(value);
}

}  // namespace detail

class Id {
 public:
  /// None: there is no id (a BelongsTo without owner).
  Id() noexcept {}
  Id(std::nullopt_t) noexcept {}
  Id(const ObjectId& id) noexcept : type_(IdType::object_id) { key_.object_id = id; }
  Id(const Uuid& id) noexcept : type_(IdType::uuid) { key_.uuid = id; }
  Id(std::string text) noexcept;
  Id(std::string_view text) : Id(std::string(text)) {}
  Id(const char* text) : Id(std::string(text)) {}
  /// Throws `type_mismatch` for an unsigned number over the largest int64.
  template <detail::integer T>
  Id(T number) : type_(IdType::integer) {
    key_.integer = detail::to_int64(number);
  }

  Id(const Id& other) : type_(other.type_) { other.is_text() ? copy_text(other) : key_.copy(other.key_); }
  Id(Id&& other) noexcept : type_(other.type_) { other.is_text() ? move_text(other) : key_.copy(other.key_); }
  Id& operator=(const Id& other) {
    if (is_text() || other.is_text()) return assign(Id(other));
    type_ = other.type_;
    key_.copy(other.key_);
    return *this;
  }
  Id& operator=(Id&& other) noexcept { return assign(std::move(other)); }
  ~Id() {
    if (is_text()) destroy_text();
  }

  /// From a stored value: null and missing are none; doubles that are whole are integers; nullopt for any other type.
  static std::optional<Id> try_from(bson::ValueView value);
  /// As `try_from`, but throws `type_mismatch`.
  static Id from(bson::ValueView value);
  /// Parses text as a key of that type ("65ab...", "42", ...); nullopt if it is none.
  static std::optional<Id> parse(std::string_view text, IdType type);
  /// None is appended as null.
  void append_to(bson::Builder& builder, std::string_view name) const;

  IdType type() const noexcept { return type_; }
  bool is_none() const noexcept { return type_ == IdType::none; }
  /// Stands for "no object yet": none, an all-zero ObjectId or Uuid, an empty string. Integers never are.
  bool is_nil() const noexcept;
  explicit operator bool() const noexcept { return !is_nil(); }

  /// K is ObjectId, std::int64_t, std::string or Uuid. Null if the id is of another type.
  template <detail::id_key K>
  const K* get_if() const noexcept {
    if (type_ != type_of<K>()) return nullptr;
    if constexpr (std::is_same_v<K, ObjectId>)
      return &key_.object_id;
    else if constexpr (std::is_same_v<K, std::int64_t>)
      return &key_.integer;
    else if constexpr (std::is_same_v<K, std::string>)
      return &key_.text;
    else
      return &key_.uuid;
  }
  /// Throws `type_mismatch` if the id is of another type.
  template <detail::id_key K>
  const K& get() const {
    if (const K* key = get_if<K>()) return *key;
    wrong_type(type_of<K>());
  }
  template <detail::id_key K>
  operator K() const {
    return get<K>();
  }

  /// "65ab...", "42", the string itself, a UUID with dashes, or "none".
  std::string to_string() const;
  std::size_t hash() const noexcept;

  friend bool operator==(const Id& a, const Id& b) noexcept { return a.same(b); }
  template <detail::id_comparable T>
  friend bool operator==(const Id& a, const T& b) {
    return a.equals(b);
  }
  /// In the stores' order: none, integers, strings, Uuids, ObjectIds.
  friend std::strong_ordering operator<=>(const Id& a, const Id& b) noexcept { return a.order(b); }
  friend std::ostream& operator<<(std::ostream& out, const Id& id);

 private:
  // Everything but text is plain bytes and copied as such.
  union Key {
    Key() noexcept : plain{} {}
    ~Key() {}
    void copy(const Key& other) noexcept { plain = other.plain; }

    std::array<std::uint64_t, 2> plain;
    ObjectId object_id;
    std::int64_t integer;
    Uuid uuid;
    std::string text;
  };

  template <class K>
  static constexpr IdType type_of() {
    if (std::is_same_v<K, ObjectId>) return IdType::object_id;
    if (std::is_same_v<K, std::int64_t>) return IdType::integer;
    return std::is_same_v<K, Uuid> ? IdType::uuid : IdType::string;
  }

  template <class T>
  bool equals(const T& other) const {
    if constexpr (detail::integer<T>) {
      if (type_ != IdType::integer) return false;
      if constexpr (std::is_signed_v<T>)
        return key_.integer == other;
      else
        return key_.integer >= 0 && static_cast<std::uint64_t>(key_.integer) == other;
    } else if constexpr (detail::id_text<T>) {
      return is_text() && std::string_view(key_.text) == std::string_view(other);
    } else {
      const T* key = get_if<T>();
      return key && *key == other;
    }
  }

  bool is_text() const noexcept { return type_ == IdType::string; }
  void copy_text(const Id& other);
  void move_text(Id& other) noexcept;
  void destroy_text() noexcept;
  Id& assign(Id&& other) noexcept;
  bool same(const Id& other) const noexcept;
  std::strong_ordering order(const Id& other) const noexcept;
  [[noreturn]] void wrong_type(IdType wanted) const;

  Key key_;
  IdType type_{};
};

/// "none", "ObjectId", "integer", "string", "Uuid".
std::string_view to_string(IdType type) noexcept;

}  // namespace kinship

template <>
struct std::hash<kinship::Id> {
  std::size_t operator()(const kinship::Id& id) const noexcept { return id.hash(); }
};
