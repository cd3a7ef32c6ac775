// What the seam's context can hold of an operation's arguments and of an entity's options, beside session and deadline.
// Its rare part, OperationExtras, is shared and never changed: each of these puts a changed copy in its place.
#pragma once

#include <kinship/driver/extras.hpp>

#include "spec/unified/call.hpp"

namespace kinship::spec {

std::string seam_read_concern(const Json& concern);
void set_write_concern(OperationContext& context, const Json& concern);
void set_read_preference(OperationContext& context, const Json& preference);
/// maxTimeMS, or maxCommitTimeMS of a transaction that begins.
void set_max_time(OperationContext& context, const Json& milliseconds);
/// A further field of the command.
void set_field(OperationContext& context, const std::string& name, const Json& value);
/// comment, hint, let, maxTimeMS, cursorType, timeoutMode, ...
void take_extras(Call& call, OperationContext& context);
/// Whether the call asks for a cursor that does not end with its documents.
bool is_endless(const Call& call);
/// What a cursor's batches are to be asked for as: those of an endless one, and those with times of their own, one by one.
std::size_t seam_batch_size(Call& call);

}  // namespace kinship::spec
