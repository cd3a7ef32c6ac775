// The suite "connection monitoring and pooling": operations on one pool, and the events it tells.
// Its connections are real ones, to the deployment of `uri`.
#pragma once

#include <string>

#include "driver/mongodb/uri.hpp"
#include "spec/files.hpp"

namespace kinship::spec {

/// Throws Skip, or std::runtime_error with what went wrong.
void run_pool_case(const mongodb::MongoUri& uri, const Json& test);

}  // namespace kinship::spec
