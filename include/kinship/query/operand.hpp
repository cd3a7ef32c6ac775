// C++ values as the Values of typed conditions and updates, once their types are known to fit.
// Used by field.hpp and update.hpp only.
#pragma once

#include <type_traits>
#include <vector>

#include <kinship/query/stored_type.hpp>
#include <kinship/value/value.hpp>

namespace kinship::detail {

/// `x` as a value for a member of type M; `comparable<M, X>()` holds.
template <class M, class X>
Value operand(const X& x) {
  if constexpr (NullLike<X>) {
    return Value(nullptr);
  } else if constexpr (is_optional<X>) {
    return x ? operand<M>(*x) : Value(nullptr);
  } else if constexpr (std::is_constructible_v<Value, const X&>) {
    return Value(x);
  } else if constexpr (is_belongs_to<X>) {
    return Value(x.id());
  } else if constexpr (is_array_like<X>) {
    std::vector<Value> values;
    for (const auto& element : x) values.push_back(operand<M>(element));
    return Value(values);
  } else {
    static_assert(std::is_constructible_v<Value, const X&>,
                  "kinship: this type has no form as a stored value; describe the struct with BOOST_DESCRIBE_STRUCT and "
                  "include <kinship/kinship.hpp>, or compare its members");
    return Value();
  }
}

}  // namespace kinship::detail
