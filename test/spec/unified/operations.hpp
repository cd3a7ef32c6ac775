// The operations of the unified format on the driver's own functions, those behind the seam.
// Each kind of object has a table of names; a name that is in none is skipped with a reason.
#pragma once

#include "spec/unified/results.hpp"
#include "spec/unified/world.hpp"

namespace kinship::spec {

/// Runs it and gives its result; throws Skip, OperationFailed, kinship::error, or std::runtime_error for a failed assertion.
using Handler = awaitable<bson::Document> (*)(World* world, Call call);

/// Null for a name that is not theirs.
Handler read_operation(const std::string& name);
Handler write_operation(const std::string& name);
Handler administration_operation(const std::string& name);
Handler client_operation(const std::string& name);
Handler cursor_operation(const std::string& name);
Handler session_operation(const std::string& name);
Handler runner_operation(const std::string& name);

awaitable<bson::Document> with_transaction(World* world, Call call);

/// Runs an operation as its object demands.
awaitable<bson::Document> perform(World* world, Call call);
/// Runs one and holds its result or failure against what the test expects; throws std::runtime_error if it does not match.
awaitable<void> perform_and_check(World* world, Call call);

/// What an operation is on: a collection, or a database (then `collection` is empty).
struct Place {
  ClientPtr client{};
  std::string database{}, collection{};
  OperationContext context{};
};
Place place_of(World& world, const Call& call);

/// Every document of a cursor, up to where an endless one has no news.
awaitable<bson::Document> documents_of(FindReply reply);

/// A collection's operation without arguments nobody has taken; the collection must be in its client's database.
TestCollection& collection_of(World& world, const Call& call);

}  // namespace kinship::spec
