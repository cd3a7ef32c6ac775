// The specification "MongoDB Handshake", as far as it concerns a driver without compression.
// An application's name was checked by the URI parser (128 bytes).
#include "driver/mongodb/handshake.hpp"

#include <sys/utsname.h>

namespace kinship::mongodb {

void append_client(bson::Builder& command, const std::string& application) {
  utsname system{};
  const bool known = ::uname(&system) == 0;
  command.begin_document("client");
  if (!application.empty()) command.begin_document("application").append_string("name", application).end();
  command.begin_document("driver").append_string("name", "kinship").append_string("version", "0.1.0").end();
  command.begin_document("os").append_string(
      "type", known ? std::string_view(system.sysname, strnlen(system.sysname, 64)) : "unknown");
  if (known) command.append_string("architecture", std::string_view(system.machine, strnlen(system.machine, 64)));
  command.end();
  command.append_string("platform", "C++20 / Boost.Asio");
  command.end();
}

bson::Document first_hello(const std::string& application, bson::DocumentView more) {
  bson::Builder command;
  command.append_int32("isMaster", 1).append_bool("helloOk", true);
  append_client(command, application);
  command.begin_array("compression").end();
  for (const auto& field : more) command.append(field.name, field.value);
  return command.finish();
}

}  // namespace kinship::mongodb
