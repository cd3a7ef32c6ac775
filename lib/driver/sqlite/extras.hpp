// What of OperationExtras, and of a write item's further fields, the embedded store can leave out, and what it refuses.
// Hints, comments and limits change no result; all else does.
#pragma once

#include <kinship/driver/driver.hpp>

namespace kinship::sqlite {

/// Throws `unsupported` naming the field.
void check_extras(const OperationContext& context);
/// The same of one item of a write.
void check_extras(const WriteItem& item);
/// Throws `unsupported`: an update is operators here.
[[noreturn]] void refuse_pipeline();

}  // namespace kinship::sqlite
