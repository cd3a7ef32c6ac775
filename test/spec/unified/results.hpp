// Replies of the seam and its exceptions, in the words of the unified format.
// A result is a document with one field "r"; without it there is none.
#pragma once

#include <kinship/driver/driver.hpp>
#include <kinship/error.hpp>

#include "spec/unified/expect.hpp"

namespace kinship::spec {

/// An operation failed in a way that is no exception of the driver's: errors of single writes.
struct OperationFailed {
  UnifiedFailure failure{};
};

bson::Document no_result();
bson::Document result_of(bson::ValueView value);
bson::Document result_of(const std::vector<bson::DocumentView>& documents);
bson::Document result_of_number(std::uint64_t number);
/// insertedCount, matchedCount, ..., upsertedId of one write or the upsertedIds of several. Throws OperationFailed, a
/// client's own failure if nothing was sent.
bson::Document result_of(const WriteReply& reply, bool bulk, bool unsent);

UnifiedFailure failure_of(const error& e);
/// An error the test runner itself raises, as a driver's client would.
UnifiedFailure client_failure(std::string message);

}  // namespace kinship::spec
