// define<T>("collection"): says which struct lies in which collection and what its relationships mean.
// The body of `mapping(kinship::of<T>)`; wrong keys, types and models are compile errors in words.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <kinship/model/draft.hpp>
#include <kinship/query/member_path.hpp>
#include <kinship/query/stored_type.hpp>
#include <kinship/relationship/belongs_to.hpp>
#include <kinship/relationship/codec.hpp>
#include <kinship/relationship/many_to_many.hpp>
#include <kinship/relationship/one_to_many.hpp>
#include <kinship/relationship/one_to_one.hpp>

namespace kinship {

struct IndexOptions {
  bool unique{false};
  bool sparse{false};
  std::string name{};  ///< empty: made from the fields
};

namespace detail {

template <class Member>
struct manager_kind {
  static constexpr bool one = false, many = false, linked = false;
  using target = void;
};
template <class T>
struct manager_kind<OneToOne<T>> : manager_kind<void> {
  static constexpr bool one = true;
  using target = T;
};
template <class T>
struct manager_kind<OneToMany<T>> : manager_kind<void> {
  static constexpr bool many = true;
  using target = T;
};
template <class T>
struct manager_kind<ManyToMany<T>> : manager_kind<void> {
  static constexpr bool linked = true;
  using target = T;
};

/// May a member of type Key hold the key of an Owner?
template <class Key, class Owner>
constexpr bool refers_to() {
  if constexpr (is_optional<Key>)
    return refers_to<typename Key::value_type, Owner>();
  else if constexpr (is_belongs_to<Key>)
    return std::is_same_v<Key, BelongsTo<Owner>>;
  else if constexpr (is_key_type<Key>)
    return key_fits<Owner, Key>();
  else
    return false;
}

template <class T, class Member>
std::size_t offset_in(Member T::*member) {
  static const T probe{};
  return static_cast<std::size_t>(reinterpret_cast<const char*>(&(probe.*member)) - reinterpret_cast<const char*>(&probe));
}

// Counts what an aggregate is initialised from, to find members that are neither stored nor mapped.
struct AnyMember {
  template <class U>
  operator U() const;
};
template <class T, class... Any>
constexpr std::size_t aggregate_members() {
  if constexpr (sizeof...(Any) > 64)
    return 0;
  else if constexpr (requires { T{Any{}..., AnyMember{}}; })
    return aggregate_members<T, Any..., AnyMember>();
  else
    return sizeof...(Any);
}

}  // namespace detail

/// Collects a mapping. Conversion to Model ends it.
template <class T>
class Define {
  static_assert(std::is_default_constructible_v<T>,
                "kinship: a model must be default-constructible: reading makes it first");
  static_assert(boost::describe::has_describe_members<T>::value,
                "kinship: this model is not described; add BOOST_DESCRIBE_STRUCT(Name, (), (its, stored, fields))");

 public:
  explicit Define(std::string collection) : draft_(detail::type_name<T>(), std::move(collection), detail::row_ops<T>()) {
    detail::describe_fields<T>(draft_);
    T probe{};
    draft_.scan(&probe, sizeof probe);
    if constexpr (std::is_aggregate_v<T>) draft_.members(detail::aggregate_members<T>());
  }

  /// At most one of the other model refers to this one by `Foreign`.
  template <auto Member, auto Foreign>
  Define& one_to_one(RelationshipConfig config = {}) {
    using Kind = detail::manager_kind<detail::member_type<Member>>;
    static_assert(Kind::one, "kinship: wrong type: one_to_one maps a member of type OneToOne<X>");
    check_foreign<Member, Foreign, typename Kind::target>();
    return add<Member, typename Kind::target, void>(RelationshipKind::one_to_one, detail::member_name<Foreign>(), "", false,
                                                    std::move(config));
  }
  /// Any number of the other model refer to this one by `Foreign`.
  template <auto Member, auto Foreign>
  Define& one_to_many(RelationshipConfig config = {}) {
    using Kind = detail::manager_kind<detail::member_type<Member>>;
    static_assert(Kind::many, "kinship: wrong type: one_to_many maps a member of type OneToMany<X>");
    check_foreign<Member, Foreign, typename Kind::target>();
    return add<Member, typename Kind::target, void>(RelationshipKind::one_to_many, detail::member_name<Foreign>(), "", false,
                                                    std::move(config));
  }
  /// By an array of ids, `Ids`, on this model or on the other.
  template <auto Member, auto Ids>
  Define& many_to_many(RelationshipConfig config = {}) {
    using Kind = detail::manager_kind<detail::member_type<Member>>;
    using Target = typename Kind::target;
    using Holder = detail::member_owner<Ids>;
    static_assert(Kind::linked, "kinship: wrong type: many_to_many maps a member of type ManyToMany<X>");
    static_assert(std::is_same_v<Holder, T> || std::is_same_v<Holder, Target>,
                  "kinship: wrong key: the id array must be a member of one of the two models");
    static_assert(
        detail::is_array_like<detail::member_type<Ids>>,
        "kinship: wrong key: this form of many_to_many needs an array of ids, as in std::vector<kinship::ObjectId>; "
        "through a join model name both of its references");
    using Other = std::conditional_t<std::is_same_v<Holder, T>, Target, T>;
    static_assert(detail::refers_to<typename detail::Inner<detail::member_type<Ids>>::type, Other>(),
                  "kinship: wrong key: the elements of the id array must have the type of the other model's id");
    return add<Member, Target, void>(RelationshipKind::many_to_many_array, detail::member_name<Ids>(), "",
                                     std::is_same_v<Holder, T>, std::move(config));
  }
  /// Through a join model that holds a reference to this model and one to the other.
  template <auto Member, auto ToOwner, auto ToTarget>
  Define& many_to_many(RelationshipConfig config = {}) {
    using Kind = detail::manager_kind<detail::member_type<Member>>;
    using Join = detail::member_owner<ToOwner>;
    static_assert(Kind::linked, "kinship: wrong type: many_to_many maps a member of type ManyToMany<X>");
    static_assert(std::is_same_v<Join, detail::member_owner<ToTarget>>,
                  "kinship: wrong key: both references of a many_to_many must be members of one join model");
    static_assert(detail::refers_to<detail::member_type<ToOwner>, T>(),
                  "kinship: wrong key: the first reference of the join model must refer to this model (name it first)");
    static_assert(detail::refers_to<detail::member_type<ToTarget>, typename Kind::target>(),
                  "kinship: wrong key: the second reference of the join model must refer to the other model");
    return add<Member, typename Kind::target, Join>(RelationshipKind::many_to_many, detail::member_name<ToOwner>(),
                                                    detail::member_name<ToTarget>(), false, std::move(config));
  }
  /// The reference of this model to another, stored under its name with "_id" behind it.
  template <auto Member>
  Define& belongs_to(RelationshipConfig config = {}) {
    static_assert(detail::is_belongs_to<detail::member_type<Member>>,
                  "kinship: wrong type: belongs_to maps a member of type BelongsTo<X>");
    return add<Member, typename detail::member_type<Member>::target_type, void>(
        RelationshipKind::belongs_to, detail::member_name<Member>(), "", true, std::move(config));
  }

  /// The member that is stored as `_id` (else the member `id`).
  template <auto Member>
  Define& key() {
    draft_.key(detail::member_name<Member>());
    return *this;
  }
  /// Another stored name.
  template <auto Member>
  Define& field(std::string stored) {
    draft_.rename(detail::member_name<Member>(), std::move(stored));
    return *this;
  }
  /// An index over these members, ascending; made by `ensure_indexes<T>()`.
  template <auto... Members>
  Define& index(IndexOptions options = {}) {
    static_assert(sizeof...(Members) > 0, "kinship: an index needs at least one member");
    draft_.index({detail::path_name<Members>()...}, options.unique, options.sparse, std::move(options.name));
    return *this;
  }
  /// Optimistic locking: `save` matches the version it read and adds one; another writer in between is `conflict`.
  template <auto Member>
  Define& version() {
    static_assert(std::is_integral_v<detail::member_type<Member>>, "kinship: wrong type: a version is an integer member");
    draft_.version(detail::member_name<Member>());
    return *this;
  }
  /// Set by `insert`, and the second one by every `save`.
  template <auto Created, auto Updated>
  Define& timestamps() {
    static_assert(detail::is_time_point<detail::member_type<Created>> && detail::is_time_point<detail::member_type<Updated>>,
                  "kinship: wrong type: timestamps are sys_time members");
    draft_.timestamps(detail::member_name<Created>(), detail::member_name<Updated>());
    return *this;
  }
  /// A member that is neither stored nor a relationship: a scratch value of the program.
  template <auto Member>
  Define& transient() {
    draft_.transient();
    return *this;
  }

  operator Model() { return draft_.finish(); }  // NOLINT: the end of a mapping

 private:
  template <auto Member, auto Foreign, class Target>
  static constexpr void check_foreign() {
    static_assert(std::is_same_v<detail::member_owner<Foreign>, Target>,
                  "kinship: wrong model: the foreign key must be a member of the model this relationship holds");
    static_assert(detail::refers_to<detail::member_type<Foreign>, T>(),
                  "kinship: wrong key: the foreign key must be a BelongsTo of this model, or a member of its id's type");
  }
  template <auto Member, class Target, class Join>
  Define& add(RelationshipKind kind, const char* foreign, const char* second, bool on_owner, RelationshipConfig config) {
    static_assert(std::is_same_v<detail::member_owner<Member>, T>,
                  "kinship: wrong model: map members of the model that is being defined");
    detail::RelationshipDraft draft;
    draft.name = detail::member_label<Member>();
    draft.kind = kind;
    draft.target = &detail::model_info<Target>;
    draft.target_name = detail::type_name<Target>();
    if constexpr (!std::is_void_v<Join>) {
      draft.join = &detail::model_info<Join>;
      draft.join_name = detail::type_name<Join>();
    }
    draft.foreign = foreign;
    draft.second = second;
    draft.on_owner = on_owner;
    draft.offset = detail::member_offset(Member);
    draft.config = std::move(config);
    draft_.relationship(std::move(draft));
    return *this;
  }

  detail::ModelDraft draft_;
};

template <class T>
Define<T> define(std::string collection) {
  return Define<T>(std::move(collection));
}

}  // namespace kinship
