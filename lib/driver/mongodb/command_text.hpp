// Commands, replies and their errors as observers may read them: names without values, unless values were asked for.
// Long texts are cut: an insert may hold megabytes.
#pragma once

#include <string>
#include <string_view>

#include <kinship/value/bson.hpp>

namespace kinship::mongodb {

inline constexpr std::size_t longest_text = 4000;  // characters, before it says that it was cut

/// As JSON. Without values "?" stands for each of them, but for the first (a collection, a cursor) and "$db"; of an array
/// the first element stands for all: `{"find": "posts", "filter": {"_id": {"$in": ["?", 99 more]}}, "$db": "blog"}`.
std::string command_text(bson::DocumentView document, bool values);

/// "NotWritablePrimary (10107)"; with values what the server says, too, for it may quote some.
std::string failure_text(int code, std::string_view code_name, std::string_view message, bool values);

}  // namespace kinship::mongodb
