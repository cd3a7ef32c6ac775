// Compile-time checks of typed updates, in words, and the values they let through.
// Used by update.hpp only.
#pragma once

#include <optional>
#include <type_traits>
#include <vector>

#include <kinship/query/member_path.hpp>
#include <kinship/query/operand.hpp>

namespace kinship::detail {

template <class T>
struct Unwrapped {
  using type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> : Unwrapped<T> {};

/// The type at the end of the path, looked through optional.
template <auto... Path>
using FieldAt = typename Unwrapped<typename PathType<Path...>::type>::type;

template <auto... Path, class X>
Value assigned(const X& value) {
  using M = typename PathType<Path...>::type;
  using U = FieldAt<Path...>;
  if constexpr (NullLike<X> || is_optional<X>)
    static_assert(is_optional<M> || is_belongs_to<U> || kind_of<U>() == StoredKind::any,
                  "kinship: only an optional member (or a BelongsTo) can be set to null");
  static_assert(!is_array_like<U> || is_array_like<X> || is_dynamic<X> || NullLike<X> || is_optional<X>,
                "kinship: an array member is set to a whole container; push<&T::member>(x) appends one element");
  static_assert(comparable<M, X>(), "kinship: this value cannot be stored in this member: their types do not fit");
  if constexpr (comparable<M, X>()) return operand<M>(value);
}

template <auto... Path, class X>
Value amount(const X& by) {
  using U = FieldAt<Path...>;
  constexpr StoredKind kind = kind_of<U>();
  static_assert(kind == StoredKind::int32 || kind == StoredKind::int64 || kind == StoredKind::floating ||
                    kind == StoredKind::decimal128 || kind == StoredKind::any,
                "kinship: inc and mul change numbers; this member is none");
  static_assert(Number<X> || std::is_same_v<X, Decimal128> || is_dynamic<X>, "kinship: inc and mul take a number");
  static_assert(!std::is_floating_point_v<X> || (kind != StoredKind::int32 && kind != StoredKind::int64),
                "kinship: an integer member cannot change by a fraction; pass an integer");
  return Value(by);
}

template <auto... Path>
constexpr void require_array() {
  static_assert(is_array_like<FieldAt<Path...>> || kind_of<FieldAt<Path...>>() == StoredKind::any,
                "kinship: push, pull, pop and add_to_set change arrays; this member is none");
}

template <auto... Path>
constexpr void require_date() {
  static_assert(kind_of<FieldAt<Path...>>() == StoredKind::date, "kinship: current_date sets dates; this member is none");
}

template <auto... Path, class X>
Value one_element(const X& value) {
  require_array<Path...>();
  using U = FieldAt<Path...>;
  if constexpr (is_array_like<U>) {
    static_assert(comparable<typename U::value_type, X>(), "kinship: this value is not an element of this member");
    if constexpr (comparable<typename U::value_type, X>()) return operand<typename U::value_type>(value);
  } else {
    return Value(value);
  }
}

template <auto... Path, class Range>
std::vector<Value> elements(const Range& range) {
  static_assert(is_array_like<Range>, "kinship: pass a container of elements");
  std::vector<Value> values;
  for (const auto& value : range) values.push_back(one_element<Path...>(value));
  return values;
}

}  // namespace kinship::detail
