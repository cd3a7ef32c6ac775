// Models as JSON for people: members' names, ids as hex, dates as ISO 8601, nested structs as objects; and the same back.
// What comes in is user input: every refusal names the field and what was expected.
#pragma once

#include <kinship/value/json.hpp>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kinship {

namespace detail {
json member_to_json(bson::ValueView value);
// {"": value}, with text parsed as the kind of the member asks for it.
bson::Document member_from_json(const json& value, FieldKind kind, const DecodeSite& site);
[[noreturn]] void wrong_json(const json& found, std::string_view expected, const DecodeSite& site);
[[noreturn]] void unknown_json_field(std::string_view name, std::span<const std::string_view> known, const DecodeSite& site);
void require_json_depth(const json& value, const DecodeSite& site);
}  // namespace detail

/// How a member type looks in model JSON. This one goes through the type's Codec; specialise it for another form.
template <class M, class = void>
struct JsonCodec {
  static json encode(const M& value) {
    bson::Builder out;
    detail::encode_element(out, {}, value);
    const bson::Document document = out.finish();
    return detail::member_to_json(document[""]);
  }
  static void decode(const json& value, M& out, const DecodeSite& site) {
    detail::require_codec<M>();
    const bson::Document document = detail::member_from_json(value, Codec<M>::type().kind, site);
    Codec<M>::decode(document[""], out, site);
  }
};

namespace detail {

template <class T, template <class...> class List, class... D>
json struct_to_json(const T& object, List<D...>) {
  json out = json::object();
  [[maybe_unused]] const auto add = [&out](const char* name, json value) {
    out.get_ref<json::object_t&>().emplace_back(name, std::move(value));
  };
  (add(D::name, JsonCodec<std::remove_cvref_t<decltype(object.*D::pointer)>>::encode(object.*D::pointer)), ...);
  return out;
}

template <class D, class T>
bool json_to_member(std::string_view name, const json& value, T& object, DecodeSite& site) {
  if (name != D::name) return false;
  JsonCodec<std::remove_cvref_t<decltype(object.*D::pointer)>>::decode(value, object.*D::pointer, site);
  return true;
}

template <class T, template <class...> class List, class... D>
void json_to_struct(const json& value, T& object, DecodeSite& site, List<D...>) {
  if (!value.is_object()) wrong_json(value, "object", site);
  for (const auto& [name, member] : value.get_ref<const json::object_t&>()) {
    const bool known = (site.at(name), (json_to_member<D>(name, member, object, site) || ...));
    if (!known) unknown_json_field(name, described_names<T>, site);
  }
}

}  // namespace detail

template <class M>
  requires is_described<M>
struct JsonCodec<M> {
  static json encode(const M& value) { return detail::struct_to_json(value, detail::described_list<M>{}); }
  static void decode(const json& value, M& out, const DecodeSite& site) {
    detail::require_json_depth(value, site);
    DecodeSite inner(&site);
    detail::json_to_struct(value, out, inner, detail::described_list<M>{});
  }
};

/// nullopt is null.
template <class T>
struct JsonCodec<std::optional<T>> {
  static json encode(const std::optional<T>& value) { return value ? JsonCodec<T>::encode(*value) : json(); }
  static void decode(const json& value, std::optional<T>& out, const DecodeSite& site) {
    if (value.is_null())
      out.reset();
    else
      JsonCodec<T>::decode(value, out.emplace(), site);
  }
};

template <class T, class A>
struct JsonCodec<std::vector<T, A>> {
  static json encode(const std::vector<T, A>& values) {
    json out = json::array();
    for (const auto& value : values) out.push_back(JsonCodec<T>::encode(value));
    return out;
  }
  static void decode(const json& value, std::vector<T, A>& out, const DecodeSite& site) {
    if (!value.is_array()) detail::wrong_json(value, "array", site);
    out.clear();
    DecodeSite inner(&site);
    for (const json& element : value) {
      inner.at(out.size());
      T one{};
      JsonCodec<T>::decode(element, one, inner);
      out.push_back(std::move(one));
    }
  }
};

template <class T, std::size_t N>
struct JsonCodec<std::array<T, N>> {
  static json encode(const std::array<T, N>& values) {
    json out = json::array();
    for (const T& value : values) out.push_back(JsonCodec<T>::encode(value));
    return out;
  }
  static void decode(const json& value, std::array<T, N>& out, const DecodeSite& site) {
    if (!value.is_array() || value.size() != N)
      detail::wrong_json(value, "array of " + std::to_string(N) + " elements", site);
    DecodeSite inner(&site);
    for (std::size_t i = 0; i < N; ++i) {
      inner.at(i);
      JsonCodec<T>::decode(value[i], out[i], inner);
    }
  }
};

template <detail::map_like M>
struct JsonCodec<M> {
  static json encode(const M& map) {
    json out = json::object();
    for (const auto& [name, value] : map)
      out.get_ref<json::object_t&>().emplace_back(std::string(std::string_view(name)),
                                                  JsonCodec<typename M::mapped_type>::encode(value));
    return out;
  }
  static void decode(const json& value, M& out, const DecodeSite& site) {
    if (!value.is_object()) detail::wrong_json(value, "object", site);
    out.clear();
    DecodeSite inner(&site);
    for (const auto& [name, element] : value.get_ref<const json::object_t&>()) {
      inner.at(name);
      JsonCodec<typename M::mapped_type>::decode(element, out[typename M::key_type(std::string_view(name))], inner);
    }
  }
};

template <>
struct JsonCodec<json> {
  static json encode(const json& value) { return value; }
  static void decode(const json& value, json& out, const DecodeSite& site);
};

/// A described struct as JSON, every described member under its name; an empty optional is null.
template <class T>
  requires is_described<T>
json to_json(const T& object) {
  return JsonCodec<T>::encode(object);
}

/// Fills the members that `value` names and leaves the others as they are. Throws `type_mismatch` (wrong type, null for a
/// member that is not optional) or `unknown_field` (with the nearest name), naming the field; `object` is then partly
/// filled.
template <class T>
  requires is_described<T>
void from_json(const json& value, T& object, const char* model = nullptr) {
  DecodeSite site(model, DecodeSite::Source::json);
  detail::json_to_struct(value, object, site, detail::described_list<T>{});
}
template <class T, detail::plain_json J>
  requires is_described<T>
void from_json(const J& value, T& object, const char* model = nullptr) {
  kinship::from_json(detail::to_ordered(value), object, model);
}

/// A new object; members that are not named keep their defaults. Call it by its whole name, `kinship::from_json<T>`:
/// nlohmann has templates of this name, which some of its versions refuse to look at with a `T` of ours.
template <class T>
  requires is_described<T>
T from_json(const json& value, const char* model = nullptr) {
  T object{};
  kinship::from_json(value, object, model);
  return object;
}
template <class T, detail::plain_json J>
  requires is_described<T>
T from_json(const J& value, const char* model = nullptr) {
  return kinship::from_json<T>(detail::to_ordered(value),
                               model);  // named: nlohmann's own from_json is found by its argument
}

}  // namespace kinship
