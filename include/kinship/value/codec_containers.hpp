// Codecs of what holds other values: optional, vector, array, and everything shaped like a map with string keys.
// Maps are recognised by their shape, so that no user pays for <map> who has none.
#pragma once

#include <kinship/value/codec_scalars.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace kinship {

namespace detail {

template <class M>
concept has_codec = requires { Codec<M>::type(); };

template <class M>
concept map_like = requires(M map) {
  typename M::key_type;
  typename M::mapped_type;
  map[typename M::key_type(std::string_view())];
} && std::is_convertible_v<const typename M::key_type&, std::string_view>;

template <class M>
constexpr void require_codec() {
  static_assert(
      has_codec<M>,
      "kinship: this type cannot be stored. Members may be bool, integers, double, std::string, enums, ObjectId, Id, "
      "Uuid, std::chrono::sys_time, Decimal128, Binary, described structs, kinship::json (include "
      "<kinship/value/json.hpp>), BelongsTo, and std::optional, std::vector, std::array or std::map<std::string, ...> "
      "of these; for a type of your own specialise kinship::Codec. Relationships other than BelongsTo are not described.");
}

// A place in an array or map, where what would be absent is null.
template <class M>
void encode_element(bson::Builder& out, std::string_view name, const M& value) {
  require_codec<M>();
  if constexpr (requires { Codec<M>::absent(value); }) {
    if (Codec<M>::absent(value)) {
      out.append_null(name);
      return;
    }
  }
  Codec<M>::encode(out, name, value);
}

std::size_t count_elements(bson::DocumentView document) noexcept;
[[noreturn]] void wrong_length(bson::ValueView found, std::size_t expected, const DecodeSite& site);

}  // namespace detail

/// nullopt is stored absent; null and missing read as nullopt.
template <class T>
struct Codec<std::optional<T>> {
  static void encode(bson::Builder& out, std::string_view name, const std::optional<T>& value) {
    if (value) Codec<T>::encode(out, name, *value);
  }
  static void decode(bson::ValueView value, std::optional<T>& out, const DecodeSite& site) {
    if (value.is(bson::Type::null) || value.is(bson::Type::undefined))
      out.reset();
    else
      Codec<T>::decode(value, out.emplace(), site);
  }
  static bool absent(const std::optional<T>& value) { return !value; }
  static void missing(std::optional<T>& out) { out.reset(); }
  static constexpr FieldType type() {
    detail::require_codec<T>();
    FieldType inner = Codec<T>::type();
    inner.optional = true;
    return inner;
  }
};

template <class T, class A>
struct Codec<std::vector<T, A>> {
  static void encode(bson::Builder& out, std::string_view name, const std::vector<T, A>& values) {
    out.begin_array(name);
    for (const auto& value : values) detail::encode_element<T>(out, {}, value);
    out.end();
  }
  static void decode(bson::ValueView value, std::vector<T, A>& out, const DecodeSite& site) {
    if (!value.is(bson::Type::array)) site.wrong_type(value, "array");
    const bson::DocumentView array = value.as_document();
    out.clear();
    out.reserve(detail::count_elements(array));
    DecodeSite inner(&site);
    for (const bson::Element& element : array) {
      inner.at(out.size());
      if constexpr (std::is_same_v<T, bool>)
        out.push_back(detail::decode_bool(element.value, inner));
      else
        Codec<T>::decode(element.value, out.emplace_back(), inner);
    }
  }
  static constexpr FieldType type() {
    detail::require_codec<T>();
    return {FieldKind::array, Codec<T>::type().kind, false, "array"};
  }
};

/// The stored array must have exactly N elements.
template <class T, std::size_t N>
struct Codec<std::array<T, N>> {
  static void encode(bson::Builder& out, std::string_view name, const std::array<T, N>& values) {
    out.begin_array(name);
    for (const T& value : values) detail::encode_element<T>(out, {}, value);
    out.end();
  }
  static void decode(bson::ValueView value, std::array<T, N>& out, const DecodeSite& site) {
    if (!value.is(bson::Type::array)) site.wrong_type(value, "array");
    const bson::DocumentView array = value.as_document();
    if (detail::count_elements(array) != N) detail::wrong_length(value, N, site);
    DecodeSite inner(&site);
    std::size_t i = 0;
    for (const bson::Element& element : array) {
      inner.at(i);
      Codec<T>::decode(element.value, out[i++], inner);
    }
  }
  static constexpr FieldType type() {
    detail::require_codec<T>();
    return {FieldKind::array, Codec<T>::type().kind, false, "array"};
  }
};

/// std::map, std::unordered_map and the like with string keys: an embedded document.
template <detail::map_like M>
struct Codec<M> {
  using Mapped = typename M::mapped_type;
  static void encode(bson::Builder& out, std::string_view name, const M& map) {
    out.begin_document(name);
    for (const auto& entry : map) detail::encode_element<Mapped>(out, entry.first, entry.second);
    out.end();
  }
  static void decode(bson::ValueView value, M& out, const DecodeSite& site) {
    if (!value.is(bson::Type::document)) site.wrong_type(value, "object");
    out.clear();
    DecodeSite inner(&site);
    for (const bson::Element& element : value.as_document()) {
      inner.at(element.name);
      Codec<Mapped>::decode(element.value, out[typename M::key_type(element.name)], inner);
    }
  }
  static constexpr FieldType type() {
    detail::require_codec<Mapped>();
    return {FieldKind::map, Codec<Mapped>::type().kind, false, "map"};
  }
};

}  // namespace kinship
