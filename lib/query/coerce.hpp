// Values brought to the type of their field: text parsed for ids, dates and decimals, numbers checked, arrays one by one.
// What a field cannot hold is `type_mismatch`, naming model, field, found and expected.
#pragma once

#include <string>
#include <string_view>

#include <kinship/query/resolve.hpp>
#include <kinship/value/bson.hpp>

namespace kinship::detail {

/// Where a value is going; `model` empty: no catalogue, everything passes.
struct FieldPlace {
  std::string_view model{};
  std::string_view field{};
  StoredType type{};
};

enum class Purpose {
  compare,  // numbers unify in stores, so any number may stand against any other
  store     // the value must be what the member can be read from
};

/// Appends the value to `out`. For an array field an array is taken element by element and anything else as one element.
void coerce(bson::Builder& out, std::string_view name, bson::ValueView value, const FieldPlace& place, Purpose purpose);

/// True if the value goes through unchanged; cheap, for large key sets.
bool fits_as_is(bson::ValueView value, StoredType type) noexcept;

/// "string \"abc\"": type and value, for messages.
std::string found(bson::ValueView value);
[[noreturn]] void mismatch(const FieldPlace& place, const std::string& found, std::string_view expected);

}  // namespace kinship::detail
