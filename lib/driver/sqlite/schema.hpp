// The meta tables of a file: made in a new one, checked in an existing one.
// A file of a newer version, or of something else, is refused in words.
#pragma once

#include <string>

namespace kinship::sqlite {

class Connection;

inline constexpr int format_version = 1;

/// In one write transaction; `path` is for the text of a refusal.
void prepare_schema(Connection& connection, const std::string& path);

}  // namespace kinship::sqlite
