// Which failures may be tried again, and the labels a driver adds to them, by the specifications "Retryable Reads",
// "Retryable Writes", "Transactions" and the one about overloaded servers. Pure: whoever sends keeps the count.
#pragma once

#include <chrono>
#include <string>

#include "driver/mongodb/server_error.hpp"

namespace kinship::mongodb {

inline constexpr std::string_view transient_transaction_error = "TransientTransactionError",
                                  unknown_commit_result = "UnknownTransactionCommitResult",
                                  retryable_write_error = "RetryableWriteError", retryable_error = "RetryableError",
                                  system_overloaded_error = "SystemOverloadedError";

/// What was being done when it failed.
struct Attempt {
  bool in_transaction{};  // a command of a transaction that is not yet to be committed or aborted
  bool commit{}, abort{};
  bool retryable_write{};  // sent with a txnNumber, to be retried; commits and aborts always are
  int wire_version{};      // of the connection it was sent on, not what the topology says by now
};

/// Reads what a reply says went wrong, and adds the labels a driver must; nullopt: all went well.
std::optional<ServerError> read_error(bson::DocumentView reply, const Attempt& attempt);
/// No reply came: the connection broke, or could not be made.
ServerError network_error(std::string message, const Attempt& attempt);

/// Outside of transactions, once. Reads: by code; overload and network errors, too.
bool may_retry_read(const ServerError& error) noexcept;
/// With the same session and txnNumber. By the label alone, which read_error() has added for servers that do not.
bool may_retry_write(const ServerError& error) noexcept;
/// The server refused it unread, because it has too much to do: may be tried again, after a pause, whatever the operation.
bool is_overloaded(const ServerError& error) noexcept;
/// A connection error or one that says the server is not what it was: the retry should go to another server if there is one.
bool is_connection_lost(const ServerError& error) noexcept;

/// How long to wait before try number `attempt` (from 1) of an overloaded server: `jitter` (0 to 1) times a doubling time.
std::chrono::milliseconds overload_backoff(int attempt, double jitter,
                                           std::chrono::milliseconds base = std::chrono::milliseconds(100)) noexcept;

}  // namespace kinship::mongodb
