// The commands of authentication as BSON, and how their replies are read; scram.hpp says what the payloads hold.
// Commands go to the database `credential.source`; whoever sends them adds `$db`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kinship/value/bson.hpp>

#include "driver/mongodb/scram.hpp"

namespace kinship::mongodb {

/// {saslStart: 1, mechanism, payload, options: {skipEmptyExchange: true}}
bson::Document sasl_start(std::string_view mechanism, std::string_view payload);
/// {saslContinue: 1, conversationId, payload}
bson::Document sasl_continue(bson::ValueView conversation, std::string_view payload);
/// {authenticate: 1, mechanism: "MONGODB-X509", user}; the server reads the name from the certificate if none is given.
bson::Document authenticate_x509(const Credential& credential);
/// The payload of mechanism PLAIN: the password as it is, so only over TLS.
std::string plain_payload(const Credential& credential);

/// The value of `speculativeAuthenticate` in hello: the first command of the conversation with `db`. `scram` is the
/// conversation it begins (for SCRAM; else null). Nullopt for PLAIN, which has none.
std::optional<bson::Document> speculative_authentication(const Credential& credential, const ScramConversation* scram);

/// The value of `saslSupportedMechs` in hello, where the mechanism is left to negotiation: "source.user".
std::optional<std::string> mechanisms_question(const Credential& credential);

/// The one asked for, else SCRAM-SHA-256 if the server listed it for this user, else SCRAM-SHA-1.
ScramHash choose_scram(const Credential& credential, const std::vector<std::string>& listed);

struct SaslReply {
  bson::ValueView conversation{};  // points into the reply
  std::string_view payload{};
  bool done{};
};
/// Of a reply that is ok, or of `speculativeAuthenticate` in a hello reply. Throws `unauthorized` if it is no such reply.
SaslReply read_sasl_reply(bson::DocumentView reply);

}  // namespace kinship::mongodb
