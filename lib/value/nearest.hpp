// The known name nearest to one that is not known, for messages.
// Private to the library.
#pragma once

#include <span>
#include <string_view>

namespace kinship::detail {

/// Compares without regard to case; empty if none is near (a third of the letters may differ).
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace kinship::detail
