// What observers are told about one store operation, or warned of.
// Filled by the engine around every call through the seam; values are left out unless asked for.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace kinship {

struct OperationEvent {
  std::string store{};
  std::string operation{};  // "find", "count", "insert", ...
  std::string collection{};
  std::string relationship{};  // "User.posts", or empty
  std::size_t keys{};
  std::size_t documents{};
  std::size_t bytes{};
  std::chrono::nanoseconds duration{};
  std::string error{};   // empty: it succeeded
  std::string filter{};  // redacted ("?" for values) unless observing was asked for values
  /// A sentence about something that should not be: `operation` is "warning" then, and the event is no store operation.
  std::string warning{};

  /// One line for a log.
  std::string text() const;
};

}  // namespace kinship
