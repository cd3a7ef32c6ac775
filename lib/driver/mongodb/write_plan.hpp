// A write cut into commands: items of one kind together, within the server's limits for one message. No I/O.
// Items the server could not even be asked for are refused here, as errors of their own.
#pragma once

#include <cstddef>
#include <vector>

#include <kinship/driver/driver.hpp>

#include "driver/mongodb/hello.hpp"

namespace kinship::mongodb {

struct WriteLimits {
  std::size_t items{100'000};
  std::size_t message{48'000'000};
  std::size_t document{16 * 1024 * 1024};
};
WriteLimits write_limits(const ServerDescription& server);

/// One insert, update or delete command.
struct WriteChunk {
  const char* command{};                        // "insert", "update", "delete"
  const char* sequence{};                       // "documents", "updates", "deletes"
  std::vector<std::size_t> items{};             // in WriteOperation::items
  std::vector<bson::DocumentView> documents{};  // of the sequence
  std::vector<bson::Document> owned{};          // those that were made here
  bool retryable{true};                         // none of them touches many documents
};

class WritePlan {
 public:
  /// Completes inserted documents (their `_id` made, and in front) in place; `operation` must outlive the plan.
  WritePlan(WriteOperation& operation, WriteLimits limits);

  /// The next command; false: that was all.
  bool next(WriteChunk& chunk);
  /// What was refused so far. In an ordered write nothing comes after the first refusal.
  const std::vector<WriteError>& refused() const noexcept { return refused_; }

 private:
  bool usable(std::size_t index);

  WriteOperation& operation_;
  const WriteLimits limits_;
  std::vector<std::size_t> order_;
  std::size_t at_{};
  std::vector<WriteError> refused_;
};

}  // namespace kinship::mongodb
