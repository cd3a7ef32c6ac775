// Names of types and members as the compiler spells them, for metadata and error texts.
// Only the last component is kept: "blog::User" is "User", "&blog::User::posts" is "posts".
#pragma once

#include <string_view>
#include <type_traits>

namespace kinship::detail {

constexpr std::string_view last_component(std::string_view text) {
  const auto arguments = text.find('<');
  const auto colons = text.substr(0, arguments).rfind("::");
  return colons == std::string_view::npos ? text : text.substr(colons + 2);
}

// "... [with T = blog::User; ...]" from g++, "... [T = blog::User]" from clang.
constexpr std::string_view argument_of(std::string_view signature) {
  const auto begin = signature.find("= ", signature.find('[')) + 2;
  const auto end = signature.find_first_of(";]", begin);
  return signature.substr(begin, end - begin);
}

template <class T>
constexpr std::string_view type_name() {
  return last_component(argument_of(__PRETTY_FUNCTION__));
}

template <auto Member>
constexpr std::string_view member_label() {
  std::string_view name = argument_of(__PRETTY_FUNCTION__);
  while (!name.empty() && name.back() == ')') name.remove_suffix(1);  // clang may add parentheses
  return name.substr(name.rfind(':') + 1);
}

template <class>
struct member_pointer;
template <class Owner, class Type>
struct member_pointer<Type Owner::*> {
  using owner = Owner;
  using type = Type;
};
template <auto Member>
using member_owner = typename member_pointer<std::remove_cv_t<decltype(Member)>>::owner;
template <auto Member>
using member_type = typename member_pointer<std::remove_cv_t<decltype(Member)>>::type;

}  // namespace kinship::detail
