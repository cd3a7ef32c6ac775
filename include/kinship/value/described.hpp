// What Boost.Describe knows of a struct, as the codec and the models use it: how many members, their names, their order.
// Inherited members count, as Boost.Describe lists them.
#pragma once

#include <array>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace kinship {

template <class T>
inline constexpr bool is_described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;

namespace detail {

template <class T>
struct Described {
  static_assert(
      is_described<T>,
      "kinship: this model is not described; add BOOST_DESCRIBE_STRUCT(Name, (), (its, stored, fields)) behind it, in its "
      "namespace");
  using List = boost::describe::describe_members<T, boost::describe::mod_any_access | boost::describe::mod_inherited>;
};

template <class T>
using described_list = typename Described<T>::List;

template <template <class...> class List, class... D>
constexpr std::array<std::string_view, sizeof...(D)> list_names(List<D...>) {
  return {{std::string_view(D::name)...}};
}

template <class T>
inline constexpr auto described_names = list_names(described_list<T>{});

template <auto Member, class D>
constexpr bool is_member() {
  if constexpr (std::is_same_v<std::remove_cv_t<decltype(D::pointer)>, decltype(Member)>)
    return D::pointer == Member;
  else
    return false;
}

template <auto Member, template <class...> class List, class... D>
constexpr std::size_t find_member(List<D...>) {
  std::size_t at = 0;
  (void)((is_member<Member, D>() || (++at, false)) || ...);
  return at;
}

template <class M>
struct MemberClass;
template <class M, class C>
struct MemberClass<M C::*> {
  using type = C;
  using member = M;
};

}  // namespace detail

template <class T>
inline constexpr std::size_t described_count = detail::described_names<T>.size();

/// The i-th described member's name.
template <class T>
constexpr std::string_view described_name(std::size_t i) {
  return detail::described_names<T>[i];
}

/// The position of that name among T's described members; described_count<T> if it is none of them.
template <class T>
constexpr std::size_t described_index(std::string_view name) {
  std::size_t i = 0;
  while (i < described_count<T> && detail::described_names<T>[i] != name) ++i;
  return i;
}

/// The position of a member among T's described members; described_count<T> if it is not described. T may be a class
/// derived from the member's.
template <class T, auto Member>
constexpr std::size_t member_index() {
  return detail::find_member<Member>(detail::described_list<T>{});
}

template <auto Member>
using member_class = typename detail::MemberClass<decltype(Member)>::type;
template <auto Member>
using member_type = typename detail::MemberClass<decltype(Member)>::member;

/// The name of a described member.
template <auto Member>
constexpr std::string_view member_name() {
  using T = member_class<Member>;
  constexpr std::size_t index = member_index<T, Member>();
  static_assert(index < described_count<T>,
                "kinship: this member is not described, so it is not stored. Add it to BOOST_DESCRIBE_STRUCT.");
  return detail::described_names<T>[index];
}

}  // namespace kinship
