// Finding a field by a name a user wrote, and saying what was meant when there is none.
// Shared by the resolvers; nothing here is public.
#pragma once

#include <string>
#include <string_view>

#include <kinship/query/resolve.hpp>

namespace kinship::detail {

/// As resolve_field; a null catalogue lets every name through as it is.
ResolvedField look_up(std::string_view name, const FieldCatalog* catalog);

/// The name in `catalog` that is nearest to `name`; empty if none is near.
std::string nearest_field(std::string_view name, const FieldCatalog& catalog);

}  // namespace kinship::detail
