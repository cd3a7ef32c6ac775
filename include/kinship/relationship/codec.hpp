// How models and their references are read from and written to BSON: the typed half of reading and writing.
// One set of functions a model, called by the compiled engine through RowOps.
#pragma once

#include <memory>
#include <vector>

#include <boost/mp11/algorithm.hpp>
#include <kinship/model/draft.hpp>
#include <kinship/query/member_path.hpp>
#include <kinship/query/stored_type.hpp>
#include <kinship/relationship/belongs_to.hpp>
#include <kinship/value/codec.hpp>

namespace kinship {

/// A reference is stored as the key it holds; none is stored absent.
template <class T>
struct Codec<BelongsTo<T>> {
  static void encode(bson::Builder& out, std::string_view name, const BelongsTo<T>& reference) {
    if (reference.id()) reference.id().append_to(out, name);
  }
  static void decode(bson::ValueView value, BelongsTo<T>& reference, const DecodeSite& site) {
    Id key;
    if (!value.is(bson::Type::null)) Codec<Id>::decode(value, key, site);
    reference.read_key(std::move(key));
  }
  static constexpr FieldType type() { return {FieldKind::id, {}, true, "reference"}; }
  static bool absent(const BelongsTo<T>& reference) { return !reference.id(); }
  static void missing(BelongsTo<T>& reference) { reference.read_key(Id()); }
};

namespace detail {

template <class T>
const FieldCatalog* nested_catalog();

template <class T>
using described_members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class M>
const FieldCatalog* nested_of() {
  using Inside = typename Inner<M>::type;
  if constexpr (stored_type_of<M>().kind == StoredKind::document && boost::describe::has_describe_members<Inside>::value)
    return nested_catalog<Inside>();
  else
    return nullptr;
}

template <class Descriptor>
FieldInfo field_info() {
  using Type = member_type<Descriptor::pointer>;
  return FieldInfo{Descriptor::name, Descriptor::name, stored_type<Type>(), nested_of<Type>()};
}

template <class T, template <class...> class List, class... D>
void add_fields(FieldCatalog& catalog, List<D...>) {
  (catalog.fields.push_back(field_info<D>()), ...);
}

template <class T>
const FieldCatalog* nested_catalog() {
  // Made before it is filled, so that a struct may hold itself through a vector.
  static const FieldCatalog* const catalog = [] {
    static FieldCatalog made;
    made.model = type_name<T>();
    return &made;
  }();
  static const bool filled = [] {
    add_fields<T>(const_cast<FieldCatalog&>(*catalog), described_members<T>());
    return true;
  }();
  (void)filled;
  return catalog;
}

template <class T, template <class...> class List, class... D>
void describe_all(ModelDraft& draft, List<D...>) {
  static const T probe{};
  (draft.field(
       field_info<D>(),
       static_cast<std::size_t>(reinterpret_cast<const char*>(&(probe.*D::pointer)) - reinterpret_cast<const char*>(&probe)),
       is_belongs_to<member_type<D::pointer>>),
   ...);
}
template <class T>
void describe_fields(ModelDraft& draft) {
  describe_all<T>(draft, described_members<T>());
}

template <class T, template <class...> class List, class... D>
void encode_one(bson::Builder& out, std::string_view name, const T& object, std::size_t index, List<D...>) {
  using Encode = void (*)(bson::Builder&, std::string_view, const T&);
  static constexpr Encode encoders[] = {[](bson::Builder& b, std::string_view n, const T& o) {
    Codec<member_type<D::pointer>>::encode(b, n, o.*D::pointer);
  }...};
  encoders[index](out, name, object);
}
template <class T, template <class...> class List, class... D>
void decode_one(bson::ValueView value, T& object, std::size_t index, const DecodeSite& site, List<D...>) {
  using Decode = void (*)(bson::ValueView, T&, const DecodeSite&);
  static constexpr Decode decoders[] = {
      [](bson::ValueView v, T& o, const DecodeSite& s) { Codec<member_type<D::pointer>>::decode(v, o.*D::pointer, s); }...};
  decoders[index](value, object, site);
}

template <class T>
RowOps row_ops() {
  RowOps ops;
  ops.size = sizeof(T);
  ops.make = [](std::size_t count) -> std::shared_ptr<void> { return std::make_shared<std::vector<T>>(count); };
  ops.first = [](void* block) -> void* { return static_cast<std::vector<T>*>(block)->data(); };
  ops.decode = [](bson::DocumentView document, void* object, const ModelInfo& model) {
    decode_fields(document, *static_cast<T*>(object), stored_names(model), model_name(model));
  };
  ops.encode = [](bson::Builder& out, const void* object, const ModelInfo& model) {
    encode_fields(out, *static_cast<const T*>(object), stored_names(model));
  };
  ops.encode_field = [](bson::Builder& out, std::string_view name, const void* object, std::size_t index) {
    encode_one(out, name, *static_cast<const T*>(object), index, described_members<T>());
  };
  ops.decode_field = [](bson::ValueView value, void* object, std::size_t index, const ModelInfo& model) {
    DecodeSite site(model_name(model));
    site.at(stored_names(model)[index]);
    decode_one(value, *static_cast<T*>(object), index, site, described_members<T>());
  };
  ops.copy = [](const void* from, void* to) { *static_cast<T*>(to) = *static_cast<const T*>(from); };
  return ops;
}

}  // namespace detail
}  // namespace kinship
