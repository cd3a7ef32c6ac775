// ReadPreference: which member of a replicated store answers reads.
// A store with one copy ignores it.
#pragma once

#include <cstdint>

namespace kinship {

enum class ReadPreference : std::uint8_t { primary, primary_preferred, secondary, secondary_preferred, nearest };

}  // namespace kinship
