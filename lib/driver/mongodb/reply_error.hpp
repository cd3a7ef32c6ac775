// A server's error as the exception callers see, and the items of a write that failed.
// The sentence is the server's own, with what to do where that is known.
#pragma once

#include <string>
#include <vector>

#include <kinship/driver/driver.hpp>
#include <kinship/error.hpp>

#include "driver/mongodb/server_error.hpp"

namespace kinship::mongodb {

/// Where it happened, for the text.
struct ErrorPlace {
  std::string operation{};   // "find", "insert", ...
  std::string collection{};  // may be empty
  std::string server{};      // "host:27017"
};

/// What a command failed with, with all the server said; above the seam it is a plain kinship::error.
class CommandError final : public error {
 public:
  CommandError(errc code, std::string sentence, ErrorContext context, const ServerError& failure)
      : error(code, std::move(sentence), std::move(context)), failure_(failure) {}

  const ServerError& failure() const noexcept { return failure_; }
  /// The whole reply; empty if none came.
  bson::Document reply{};
  /// Of a write in several commands: what those before this one did.
  WriteReply done{};

 private:
  ServerError failure_;
};

/// The outcome is `not_applied` for a command the server refused, `applied` for a write concern error, and for a network
/// error what the caller says (`unknown` once the write was sent). What a transaction may be run again for is `conflict`.
CommandError to_error(const ServerError& failure, const ErrorPlace& place, Outcome outcome_of_network = Outcome::unknown);

/// One element of a reply's writeErrors; its index is the server's.
WriteError read_write_error(bson::DocumentView item, const std::string& collection);
/// All of a reply's writeErrors, each index raised by `first` (items sent in earlier messages).
std::vector<WriteError> read_write_errors(bson::DocumentView reply, const std::string& collection, std::size_t first = 0);

/// The name in "... index: email_1 dup key: ...", as servers write it; "" if there is none.
std::string_view index_name_in(std::string_view message) noexcept;

}  // namespace kinship::mongodb
