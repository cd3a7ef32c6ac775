// Runs tests of the unified format against a deployment: data, entities, operations, events, outcome.
// Each test has clients of its own and leaves no fail point behind.
#pragma once

#include <string>

#include "driver/mongodb/uri.hpp"
#include "spec/unified/file.hpp"

namespace kinship::spec {

class UnifiedRunner {
 public:
  /// Asks the deployment what it is.
  explicit UnifiedRunner(const std::string& uri);

  const ServerFacts& server() const noexcept { return server_; }
  /// Throws Skip, or std::runtime_error with what went wrong.
  void run(const UnifiedFile& file, const UnifiedTest& test) const;

 private:
  mongodb::MongoUri uri_;
  ServerFacts server_;
};

}  // namespace kinship::spec
