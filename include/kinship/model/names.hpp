// Names of types and members as the compiler spells them, for metadata and error texts.
// Only the last component is kept: "blog::User" is "User", "&blog::User::posts" is "posts".
#pragma once

#include <string_view>

#include <kinship/query/member_path.hpp>

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

template <auto Member>
using member_owner = OwnerOf<Member>;
template <auto Member>
using member_type = TypeOf<Member>;

}  // namespace kinship::detail
