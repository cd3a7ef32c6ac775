// What a reply says went wrong: errors have three shapes (ok: 0; writeErrors; writeConcernError), labels stand on top or
// inside. Read once, then judged by the topology (topology_error.hpp) and by retries (retry.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kinship/value/bson.hpp>

#include "driver/mongodb/hello.hpp"

namespace kinship::mongodb {

/// `network`: no reply came; made by network_error() (retry.hpp), so that retries judge all failures alike.
enum class ErrorShape : std::uint8_t { command, write, write_concern, network };

struct ServerError {
  ErrorShape shape{ErrorShape::command};
  int code{};  // 0: old servers give only a message
  std::string code_name{}, message{};
  std::vector<std::string> labels{};
  std::optional<TopologyVersion> topology_version{};

  bool has_label(std::string_view label) const noexcept;
};

/// The command's own error, else the first write error, else the write concern error; nullopt: all went well.
std::optional<ServerError> read_error(bson::DocumentView reply);

/// Only what speaks of the server's state: the command's own error, else the write concern error. Write errors never do.
std::optional<ServerError> read_state_error(bson::DocumentView reply);

/// The server is not the primary (any more). By code; by message only where there is no code.
bool is_not_primary(const ServerError& error) noexcept;
/// The server is starting, recovering, or going away.
bool is_recovering(const ServerError& error) noexcept;
/// The server is going away: its connections are worth nothing.
bool is_shutting_down(const ServerError& error) noexcept;

}  // namespace kinship::mongodb
