// OnDelete: what removing an owner does to the other side of a relationship.
// On its own, because mappings and the cascade planner both speak of it.
#pragma once

#include <cstdint>

namespace kinship {

/// What removing the owner does to the other side.
enum class OnDelete : std::uint8_t {
  nothing,   ///< leave them (default)
  cascade,   ///< remove them too, and all below
  nullify,   ///< unset their foreign key
  restrict,  ///< refuse while there are any (`errc::restricted`), checked before anything is written
  pull       ///< take the owner's id out of their id arrays
};

}  // namespace kinship
