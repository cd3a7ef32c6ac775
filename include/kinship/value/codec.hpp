// Described structs to BSON and back, directly: one pass over the bytes, fields expected in the order they were written.
// A missing field leaves the member's default; unknown stored fields are skipped; a wrong type is `type_mismatch`.
#pragma once

#include <kinship/value/codec_containers.hpp>
#include <kinship/value/described.hpp>
#include <kinship/value/field_reader.hpp>
#include <kinship/value/value.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace kinship {

namespace detail {

template <class M>
void encode_member(bson::Builder& out, std::string_view name, const M& member) {
  require_codec<M>();
  if constexpr (has_codec<M>) Codec<M>::encode(out, name, member);
}

template <class M>
void decode_member(bson::FieldReader& in, std::string_view name, M& member, DecodeSite& site) {
  require_codec<M>();
  if constexpr (has_codec<M>) {
    const bson::ValueView value = in.next(name);
    if (value.missing()) {
      if constexpr (requires { Codec<M>::missing(member); }) Codec<M>::missing(member);
      return;
    }
    site.at(name);
    Codec<M>::decode(value, member, site);
  }
}

// Name is std::string or std::string_view; names[i] belongs to the i-th of D.
template <class T, class Name, template <class...> class List, class... D>
void encode_members(bson::Builder& out, const T& object, [[maybe_unused]] const Name* names, List<D...>) {
  (encode_member(out, *names++, object.*D::pointer), ...);
}

template <class T, class Name, template <class...> class List, class... D>
void decode_members([[maybe_unused]] bson::FieldReader& in, T& object, [[maybe_unused]] const Name* names,
                    [[maybe_unused]] DecodeSite& site, List<D...>) {
  (decode_member(in, *names++, object.*D::pointer, site), ...);
}

template <class D>
constexpr FieldType type_of_member() {
  using M = typename MemberClass<std::remove_cv_t<decltype(D::pointer)>>::member;
  require_codec<M>();
  if constexpr (has_codec<M>)
    return Codec<M>::type();
  else
    return {};
}

template <template <class...> class List, class... D>
constexpr std::array<FieldType, sizeof...(D)> list_types(List<D...>) {
  return {{type_of_member<D>()...}};
}

void require_names(std::size_t given, std::size_t described);

}  // namespace detail

/// A described struct inside another: an embedded document with the members' names.
template <class M>
  requires is_described<M>
struct Codec<M> {
  static void encode(bson::Builder& out, std::string_view name, const M& value) {
    out.begin_document(name);
    detail::encode_members(out, value, detail::described_names<M>.data(), detail::described_list<M>{});
    out.end();
  }
  static void decode(bson::ValueView value, M& out, const DecodeSite& site) {
    if (!value.is(bson::Type::document)) site.wrong_type(value, "object");
    DecodeSite inner(&site);
    bson::FieldReader reader(value.as_document());
    detail::decode_members(reader, out, detail::described_names<M>.data(), inner, detail::described_list<M>{});
  }
  static constexpr FieldType type() { return {FieldKind::document, {}, false, "object"}; }
};

/// Described structs and maps in conditions and updates, as they are stored.
template <class M>
  requires is_described<M> || detail::map_like<M>
struct ValueFrom<M> {
  static Value from(const M& value) {
    bson::Builder out;
    Codec<M>::encode(out, {}, value);
    const bson::Document document = out.finish();
    return Value(document[""]);
  }
};

/// What the i-th described member is to the store.
template <class T>
FieldType field_type(std::size_t i) {
  static constexpr auto types = detail::list_types(detail::described_list<T>{});
  return types[i];
}

/// Appends T's described members to `out`; stored_names[i] is the i-th one's name in the store.
template <class T>
void encode_fields(bson::Builder& out, const T& object, std::span<const std::string> stored_names) {
  detail::require_names(stored_names.size(), described_count<T>);
  detail::encode_members(out, object, stored_names.data(), detail::described_list<T>{});
}

/// Fills T's described members from a validated document. Throws `type_mismatch` naming model, field, found and expected;
/// `object` is then partly filled. `model` may be null.
template <class T>
void decode_fields(bson::DocumentView document, T& object, std::span<const std::string> stored_names, const char* model) {
  detail::require_names(stored_names.size(), described_count<T>);
  DecodeSite site(model);
  bson::FieldReader reader(document);
  detail::decode_members(reader, object, stored_names.data(), site, detail::described_list<T>{});
}

/// A described struct as a document, under its members' names.
template <class T>
bson::Document encode(const T& object) {
  bson::Builder out;
  detail::encode_members(out, object, detail::described_names<T>.data(), detail::described_list<T>{});
  return out.finish();
}

/// The reverse. Throws `type_mismatch` as `decode_fields` does.
template <class T>
T decode(bson::DocumentView document, const char* model = nullptr) {
  T object{};
  DecodeSite site(model);
  bson::FieldReader reader(document);
  detail::decode_members(reader, object, detail::described_names<T>.data(), site, detail::described_list<T>{});
  return object;
}

}  // namespace kinship
