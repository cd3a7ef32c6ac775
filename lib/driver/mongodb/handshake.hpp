// The first command on a connection: who we are, and what we would like to know.
// Built once per client; servers log the `client` part.
#pragma once

#include <string>

#include <kinship/value/bson.hpp>

namespace kinship::mongodb {

/// Appends the `client` document: driver, system and the application's name, within the 512 bytes servers take.
void append_client(bson::Builder& command, const std::string& application);

/// A hello for a server nothing is known of: isMaster with helloOk, which every server answers; and the fields of `more`.
bson::Document first_hello(const std::string& application, bson::DocumentView more = {});

}  // namespace kinship::mongodb
