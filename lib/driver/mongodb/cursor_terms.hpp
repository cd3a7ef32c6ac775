// What a cursor's batches after the first are asked for with: their time, a comment, how long to wait for news.
// Made when a cursor stays open; most are read in one batch.
#pragma once

#include <kinship/driver/extras.hpp>

#include "driver/mongodb/client.hpp"

namespace kinship::mongodb {

class CursorTerms {
 public:
  CursorTerms() = default;
  /// `server`: the one that has the cursor. `budget`: the time the command was given; zero: it is to do for all batches.
  CursorTerms(const Client& client, const Command& opened, const Server& server, std::chrono::steady_clock::duration budget);

  /// What a getMore has beside its cursor and its batch size.
  void append_to(bson::Builder& body) const;
  /// The deadline of a batch that is asked for now.
  Deadline deadline() const;
  /// How long the cursor's end may take; zero: as long as it takes.
  std::chrono::steady_clock::duration budget() const noexcept { return budget_; }

 private:
  Deadline opened_{no_deadline};
  std::chrono::steady_clock::duration budget_{};
  std::chrono::milliseconds max_await_{};
  bool whole_{};
  bson::Document comment_{};
};

/// Throws `invalid_query` for times that contradict each other.
void check_cursor_times(const Client& client, const OperationContext& context);
/// Whether the command that opens a cursor, with more than one batch, is to carry its deadline: where each batch has a time
/// of its own, the server would take the first one's for that of them all.
bool carries_deadline(const OperationContext& context);

}  // namespace kinship::mongodb
