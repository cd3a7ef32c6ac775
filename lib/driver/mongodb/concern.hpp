// Read and write concerns as values, and as they stand in commands.
// An empty one asks for the server's default and is not sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kinship/value/bson.hpp>

#include "driver/mongodb/uri_options.hpp"

namespace kinship::mongodb {

struct WriteConcern {
  std::string w{};  // a number of members, "majority", or a name from the set's configuration
  std::optional<Milliseconds> w_timeout{};
  std::optional<bool> journal{};

  bool empty() const noexcept { return w.empty() && !w_timeout && !journal; }
  /// False: the server does not answer, so nobody knows what became of the write.
  bool acknowledged() const noexcept { return w != "0" || journal.value_or(false); }
};

/// Appends `writeConcern` unless it is empty.
void append_write_concern(bson::Builder& command, const WriteConcern& concern);

/// What the URI asks for.
WriteConcern write_concern_of(const UriOptions& options);
/// `w` with what else was asked for: {"j": true, "wtimeout": 500}.
WriteConcern write_concern_of(std::string_view w, bson::DocumentView more);
/// `given` ("majority", "2", ...) where an operation has its own, else the client's.
WriteConcern write_concern_of(std::string_view given, const WriteConcern& of_client);

}  // namespace kinship::mongodb
