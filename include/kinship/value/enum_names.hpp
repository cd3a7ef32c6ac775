// How enums are stored: those described with BOOST_DESCRIBE_ENUM by name, all others as integers.
// A described enum still reads integers, and a value without a name is stored as one: nothing is lost.
#pragma once

#include <array>
#include <boost/describe/enumerators.hpp>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace kinship::detail {

struct EnumName {
  std::int64_t value;
  const char* name;
};

template <template <class...> class List, class... D>
constexpr std::array<EnumName, sizeof...(D)> list_enum(List<D...>) {
  return {{EnumName{static_cast<std::int64_t>(D::value), D::name}...}};
}

template <class E>
constexpr bool is_described_enum() {
  return boost::describe::has_describe_enumerators<E>::value;
}

/// The names of a described enum, in the order they were described; empty for any other.
template <class E>
std::span<const EnumName> enum_names() {
  if constexpr (is_described_enum<E>()) {
    static constexpr auto names = list_enum(boost::describe::describe_enumerators<E>{});
    return names;
  } else {
    return {};
  }
}

/// Null if the value has no name.
const char* find_enum_name(std::span<const EnumName> names, std::int64_t value) noexcept;
/// Null if the name is unknown.
const EnumName* find_enum_value(std::span<const EnumName> names, std::string_view name) noexcept;

}  // namespace kinship::detail
