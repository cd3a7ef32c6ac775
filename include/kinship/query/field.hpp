// Typed conditions: `kinship::field<&Post::likes> > 10`. A wrong member or a wrong type is a compile error in words.
// Nested members: `field<&User::address, &Address::city>` is "address.city".
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <kinship/query/condition.hpp>
#include <kinship/query/member_path.hpp>
#include <kinship/query/operand.hpp>

namespace kinship {

/// A field of a model, by member pointers. Comparisons give a Condition. On an array member a single value means
/// "contains". Text is accepted for ids, dates and decimals and parsed when the query runs (`type_mismatch`).
template <auto... Path>
class FieldRef {
 public:
  using Type = typename detail::PathType<Path...>::type;

  /// "likes", "address.city".
  std::string name() const { return detail::path_name<Path...>(); }

  template <class X>
  Condition operator==(const X& value) const {
    return Condition::eq(name(), one(value));
  }
  template <class X>
  Condition operator!=(const X& value) const {
    return Condition::ne(name(), one(value));
  }
  template <class X>
  Condition operator<(const X& value) const {
    return Condition::lt(name(), one(value));
  }
  template <class X>
  Condition operator<=(const X& value) const {
    return Condition::lte(name(), one(value));
  }
  template <class X>
  Condition operator>(const X& value) const {
    return Condition::gt(name(), one(value));
  }
  template <class X>
  Condition operator>=(const X& value) const {
    return Condition::gte(name(), one(value));
  }

  /// Equals one of the values: `.in(1, 2, 3)`, or of a container's: `.in(ids)`. None: matches nothing.
  template <class... X>
  Condition in(const X&... values) const {
    return Condition::in(name(), many(values...));
  }
  template <class... X>
  Condition not_in(const X&... values) const {
    return Condition::nin(name(), many(values...));
  }
  /// Stored at all; an optional that is empty is not.
  Condition exists(bool exists = true) const { return Condition::exists(name(), exists); }
  /// Null or absent.
  Condition is_null() const { return Condition::eq(name(), Value(nullptr)); }
  /// A regular expression (PCRE); `options` of "imsx".
  Condition matches(std::string pattern, std::string options = {}) const {
    constexpr StoredKind kind = detail::stored_type_of<Type>().kind;
    static_assert(kind == StoredKind::string || kind == StoredKind::enumeration || kind == StoredKind::any,
                  "kinship: matches() needs a text member");
    return Condition::regex(name(), std::move(pattern), std::move(options));
  }
  Condition size(std::int64_t count) const {
    require_array();
    return Condition::size(name(), count);
  }
  /// The container holds the element.
  template <class X>
  Condition contains(const X& value) const {
    require_array();
    return Condition::eq(name(), one(value));
  }
  /// The container holds all elements of the range. An empty range: matches nothing.
  template <class... X>
  Condition all(const X&... values) const {
    require_array();
    return Condition::all(name(), many(values...));
  }
  /// One and the same element satisfies the condition: `.any(field<&Item::price> > 5 && field<&Item::count> < 3)`, or, for
  /// plain elements, `.any(element > 5 && element < 9)`.
  Condition any(Condition condition) const {
    require_array();
    return Condition::elem_match(name(), std::move(condition));
  }
  Condition mod(std::int64_t divisor, std::int64_t remainder) const {
    static_assert(detail::Number<typename detail::Inner<Type>::type>, "kinship: mod() needs a number member");
    return Condition::mod(name(), divisor, remainder);
  }

 private:
  static constexpr void require_array() {
    static_assert(detail::stored_type_of<Type>().array || detail::kind_of<Type>() == StoredKind::any,
                  "kinship: size, contains, all and any ask arrays; this member is none");
  }

  template <class X>
  static Value one(const X& value) {
    static_assert(detail::comparable<Type, X>(),
                  "kinship: this value cannot be compared with this member: their types do not fit");
    if constexpr (detail::comparable<Type, X>())
      return detail::operand<Type>(value);
    else
      return Value();
  }

  template <class Range>
  static void append(std::vector<Value>& all, const Range& range) {
    for (const auto& value : range) all.push_back(one(value));
  }

  template <class... X>
  static std::vector<Value> many(const X&... values) {
    std::vector<Value> all;
    if constexpr (sizeof...(X) == 1 && (detail::is_array_like<X> && ...)) {
      (append(all, values), ...);
    } else {
      all.reserve(sizeof...(X));
      (all.push_back(one(values)), ...);
    }
    return all;
  }
};

template <auto... Path>
inline constexpr FieldRef<Path...> field{};

/// The element itself, inside `any(...)` on an array of plain values: `field<&Game::scores>.any(element > 5)`.
class ElementRef {
 public:
  friend Condition operator==(const ElementRef&, Value value) { return Condition::eq({}, std::move(value)); }
  friend Condition operator!=(const ElementRef&, Value value) { return Condition::ne({}, std::move(value)); }
  friend Condition operator<(const ElementRef&, Value value) { return Condition::lt({}, std::move(value)); }
  friend Condition operator<=(const ElementRef&, Value value) { return Condition::lte({}, std::move(value)); }
  friend Condition operator>(const ElementRef&, Value value) { return Condition::gt({}, std::move(value)); }
  friend Condition operator>=(const ElementRef&, Value value) { return Condition::gte({}, std::move(value)); }
};
inline constexpr ElementRef element{};

}  // namespace kinship
