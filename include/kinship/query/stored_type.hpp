// Which kind of stored field a C++ member type is, and which C++ values it may be compared with.
// One trait for catalogues and for the compile errors of typed conditions.
#pragma once

#include <chrono>
#include <concepts>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <kinship/fwd.hpp>
#include <kinship/query/field_catalog.hpp>

namespace kinship {

class Binary;
class Decimal128;

namespace detail {

template <class T>
inline constexpr bool is_relationship = false;
template <class T>
inline constexpr bool is_relationship<OneToOne<T>> = true;
template <class T>
inline constexpr bool is_relationship<OneToMany<T>> = true;
template <class T>
inline constexpr bool is_relationship<ManyToMany<T>> = true;

template <class T>
inline constexpr bool is_belongs_to = false;
template <class T>
inline constexpr bool is_belongs_to<BelongsTo<T>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_time_point = false;
template <class Clock, class Duration>
inline constexpr bool is_time_point<std::chrono::time_point<Clock, Duration>> = true;

template <class T>
inline constexpr bool is_json = std::is_same_v<T, nlohmann::json> || std::is_same_v<T, nlohmann::ordered_json>;

template <class T>
concept StringLike = std::convertible_to<const T&, std::string_view> && !is_json<T> && !std::is_null_pointer_v<T>;

/// Number-like: bool is not, enums are not.
template <class T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

template <class T>
concept NullLike = std::is_null_pointer_v<T> || std::is_same_v<T, std::nullopt_t>;

template <class T>
inline constexpr bool is_map_like = requires { typename T::mapped_type; };

template <class T>
struct ArrayLike : std::false_type {};
template <class T>
  requires(!StringLike<T> && !is_json<T> && !is_map_like<T> &&
           requires(const T& c) {
             typename T::value_type;
             c.begin();
             c.end();
           })
struct ArrayLike<T> : std::true_type {};

/// Vectors, sets, arrays: stored as BSON arrays.
template <class T>
inline constexpr bool is_array_like = ArrayLike<T>::value;
// Decided without their definitions, so that forward declarations suffice.
template <>
inline constexpr bool is_array_like<ObjectId> = false;
template <>
inline constexpr bool is_array_like<Uuid> = false;
template <>
inline constexpr bool is_array_like<Binary> = false;
template <>
inline constexpr bool is_array_like<Decimal128> = false;
template <>
inline constexpr bool is_array_like<Id> = false;
template <>
inline constexpr bool is_array_like<Value> = false;

template <class T>
constexpr StoredKind kind_of() {
  if constexpr (std::is_same_v<T, bool>)
    return StoredKind::boolean;
  else if constexpr (std::is_enum_v<T>)
    return StoredKind::enumeration;
  else if constexpr (std::is_floating_point_v<T>)
    return StoredKind::floating;
  else if constexpr (std::is_integral_v<T>)
    return sizeof(T) < 4 || (sizeof(T) == 4 && std::is_signed_v<T>) ? StoredKind::int32 : StoredKind::int64;
  else if constexpr (std::is_same_v<T, ObjectId>)
    return StoredKind::object_id;
  else if constexpr (std::is_same_v<T, Uuid>)
    return StoredKind::uuid;
  else if constexpr (std::is_same_v<T, Decimal128>)
    return StoredKind::decimal128;
  else if constexpr (std::is_same_v<T, Binary>)
    return StoredKind::binary;
  else if constexpr (is_time_point<T>)
    return StoredKind::date;
  else if constexpr (std::is_same_v<T, Id> || std::is_same_v<T, Value> || is_json<T> || is_belongs_to<T>)
    return StoredKind::any;
  else if constexpr (StringLike<T>)
    return StoredKind::string;
  else if constexpr (is_map_like<T>)
    return StoredKind::map;
  else
    return StoredKind::document;
}

template <class T>
constexpr StoredType stored_type_of() {
  if constexpr (is_optional<T>) {
    StoredType type = stored_type_of<typename T::value_type>();
    type.optional = true;
    return type;
  } else if constexpr (is_array_like<T>) {
    StoredType type = stored_type_of<typename T::value_type>();
    // Arrays in arrays are not looked into.
    if (type.array) type = StoredType{};
    type.array = true;
    type.optional = false;
    return type;
  } else {
    return StoredType{kind_of<T>(), false, is_belongs_to<T>, is_belongs_to<T>};
  }
}

/// Values whose type is known only at run time: the resolver checks them.
template <class X>
inline constexpr bool is_dynamic = is_json<X> || std::is_same_v<X, Value> || std::is_same_v<X, Id>;

/// May a field of member type M be compared with (or set to) an X?
template <class M, class X>
constexpr bool comparable() {
  if constexpr (is_optional<M>)
    return comparable<typename M::value_type, X>();
  else if constexpr (is_optional<X>)
    return comparable<M, typename X::value_type>();
  else if constexpr (NullLike<X> || is_dynamic<X> || std::is_same_v<M, X>)
    return true;
  else if constexpr (is_array_like<M>) {
    // One value means "contains"; a container means the whole array.
    if constexpr (is_array_like<X>)
      return comparable<typename M::value_type, typename X::value_type>();
    else
      return comparable<typename M::value_type, X>();
  } else if constexpr (is_belongs_to<M>)
    return StringLike<X> || std::is_integral_v<X> || std::is_same_v<X, ObjectId> || std::is_same_v<X, Uuid>;
  else {
    constexpr StoredKind kind = kind_of<M>();
    if constexpr (kind == StoredKind::any)
      return true;
    else if constexpr (kind == StoredKind::int32 || kind == StoredKind::int64 || kind == StoredKind::floating)
      return Number<X> || std::is_same_v<X, Decimal128>;
    else if constexpr (kind == StoredKind::decimal128)
      return Number<X> || StringLike<X>;
    else if constexpr (kind == StoredKind::date)
      return is_time_point<X> || StringLike<X>;
    else if constexpr (kind == StoredKind::string || kind == StoredKind::object_id || kind == StoredKind::uuid ||
                       kind == StoredKind::enumeration)
      return StringLike<X>;
    else
      return false;
  }
}

}  // namespace detail

/// The stored type of a member of type T. For a BelongsTo the kind is `any` until the model layer knows the other key.
template <class T>
constexpr StoredType stored_type() {
  static_assert(!detail::is_relationship<T>, "kinship: a relationship is not a stored field");
  return detail::stored_type_of<T>();
}

}  // namespace kinship
