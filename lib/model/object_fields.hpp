// Fields of an object by index, remembered and put back: what rollbacks and failed writes undo.
// Values travel as BSON, so nothing here knows a C++ type.
#pragma once

#include <vector>

#include "model/model_info.hpp"

namespace kinship::detail {

/// Version and timestamps: what writes set by themselves.
std::vector<std::size_t> bookkeeping_of(const ModelInfo& model);
/// These fields as they are now, by index; what is absent as null.
bson::Document remember_fields(const ModelInfo& model, const void* object, const std::vector<std::size_t>& indexes);
void restore_fields(const ModelInfo& model, void* object, const bson::Document& fields);

}  // namespace kinship::detail
