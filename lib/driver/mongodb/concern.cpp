// Concerns in commands.
// `w` is sent as a number where it is one.
#include "driver/mongodb/concern.hpp"

#include <charconv>

#include "driver/mongodb/bson_read.hpp"

namespace kinship::mongodb {

void append_write_concern(bson::Builder& command, const WriteConcern& concern) {
  if (concern.empty()) return;
  command.begin_document("writeConcern");
  if (!concern.w.empty()) {
    int members = 0;
    const char* end = concern.w.data() + concern.w.size();
    const auto read = std::from_chars(concern.w.data(), end, members);
    if (read.ec == std::errc() && read.ptr == end)
      command.append_int32("w", members);
    else
      command.append_string("w", concern.w);
  }
  if (concern.w_timeout) command.append_int64("wtimeout", concern.w_timeout->count());
  if (concern.journal) command.append_bool("j", *concern.journal);
  command.end();
}

WriteConcern write_concern_of(const UriOptions& options) {
  return {options.w.value_or(""), options.w_timeout, options.journal};
}

WriteConcern write_concern_of(std::string_view w, bson::DocumentView more) {
  WriteConcern out;
  out.w = w;
  if (const auto timeout = read_integer(more["wtimeout"])) out.w_timeout = Milliseconds(*timeout);
  if (const auto journal = more["j"]; journal.is(bson::Type::boolean)) out.journal = journal.as_bool();
  return out;
}

WriteConcern write_concern_of(std::string_view given, const WriteConcern& of_client) {
  return given.empty() ? of_client : WriteConcern{std::string(given), std::nullopt, std::nullopt};
}

}  // namespace kinship::mongodb
