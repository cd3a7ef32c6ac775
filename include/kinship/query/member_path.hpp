// Member pointers as field names: `&Post::likes` is "likes", `&User::address, &Address::city` is "address.city".
// Says in words what is wrong with a member that names no stored field.
#pragma once

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <kinship/query/stored_type.hpp>

namespace kinship::detail {

template <class Pointer>
struct MemberPointer;
template <class Owner_, class Type_>
struct MemberPointer<Type_ Owner_::*> {
  using Owner = Owner_;
  using Type = Type_;
};
template <auto Member>
using OwnerOf = typename MemberPointer<std::remove_cv_t<decltype(Member)>>::Owner;
template <auto Member>
using TypeOf = typename MemberPointer<std::remove_cv_t<decltype(Member)>>::Type;

template <auto Member, class Descriptor>
constexpr void match_member(const char*& name) {
  if constexpr (std::is_same_v<std::remove_cv_t<decltype(Descriptor::pointer)>, std::remove_cv_t<decltype(Member)>>)
    if (Descriptor::pointer == Member) name = Descriptor::name;
}

template <auto Member, template <class...> class List, class... Descriptors>
constexpr const char* described_name(List<Descriptors...>) {
  const char* name = nullptr;
  (match_member<Member, Descriptors>(name), ...);
  return name;
}

/// The name BOOST_DESCRIBE_STRUCT gives the member.
template <auto Member>
constexpr const char* member_name() {
  static_assert(std::is_member_object_pointer_v<decltype(Member)>,
                "kinship: name a field by a pointer to a data member, as in &Post::likes");
  using Owner = OwnerOf<Member>;
  static_assert(!is_relationship<TypeOf<Member>>,
                "kinship: this member is a relationship, which is not stored on its owner; ask for the foreign key of the "
                "other model instead (its BelongsTo member)");
  static_assert(boost::describe::has_describe_members<Owner>::value,
                "kinship: this struct is not described; add BOOST_DESCRIBE_STRUCT(Name, (), (its, stored, fields))");
  if constexpr (boost::describe::has_describe_members<Owner>::value) {
    constexpr const char* name =
        described_name<Member>(boost::describe::describe_members<Owner, boost::describe::mod_any_access>{});
    static_assert(name != nullptr,
                  "kinship: this member is not stored: it is not among the fields listed in BOOST_DESCRIBE_STRUCT");
    return name;
  } else {
    return "";
  }
}

/// What a path goes on in: optionals and containers are looked through.
template <class T>
struct Inner {
  using type = T;
};
template <class T>
struct Inner<std::optional<T>> : Inner<T> {};
template <class T>
  requires is_array_like<T>
struct Inner<T> : Inner<typename T::value_type> {};

template <auto First, auto... Rest>
struct PathType {
  using type = typename PathType<Rest...>::type;
};
template <auto Last>
struct PathType<Last> {
  using type = TypeOf<Last>;
};

template <auto First, auto... Rest>
std::string path_name() {
  if constexpr (sizeof...(Rest) == 0) {
    return member_name<First>();
  } else {
    constexpr auto joins = []<auto Next, auto... More>() {
      return std::is_same_v<OwnerOf<Next>, typename Inner<TypeOf<First>>::type>;
    };
    static_assert(joins.template operator()<Rest...>(),
                  "kinship: each member of a path must belong to the struct the one before it holds, as in "
                  "field<&User::address, &Address::city>");
    return std::string(member_name<First>()) + "." + path_name<Rest...>();
  }
}

}  // namespace kinship::detail
