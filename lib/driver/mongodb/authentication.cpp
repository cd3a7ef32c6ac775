// Builds and reads the documents of authentication.
// No error here repeats anything a server or a user sent.
#include "driver/mongodb/authentication.hpp"

#include <algorithm>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/refuse.hpp"

namespace kinship::mongodb {
namespace {

void append_start(bson::Builder& out, std::string_view mechanism, std::string_view payload) {
  out.append_int32("saslStart", 1).append_string("mechanism", mechanism).append_binary("payload", 0, payload);
  out.begin_document("options").append_bool("skipEmptyExchange", true).end();
}

void append_x509(bson::Builder& out, const Credential& credential) {
  out.append_int32("authenticate", 1).append_string("mechanism", "MONGODB-X509");
  if (credential.username) out.append_string("user", *credential.username);
}

}  // namespace

bson::Document sasl_start(std::string_view mechanism, std::string_view payload) {
  bson::Builder out;
  append_start(out, mechanism, payload);
  return out.finish();
}

bson::Document sasl_continue(bson::ValueView conversation, std::string_view payload) {
  bson::Builder out;
  out.append_int32("saslContinue", 1).append("conversationId", conversation).append_binary("payload", 0, payload);
  return out.finish();
}

bson::Document authenticate_x509(const Credential& credential) {
  bson::Builder out;
  append_x509(out, credential);
  return out.finish();
}

std::string plain_payload(const Credential& credential) {
  std::string out(1, '\0');
  out += credential.username.value_or("");
  out += '\0';
  return out + credential.password.value_or("");
}

std::optional<bson::Document> speculative_authentication(const Credential& credential, const ScramConversation* scram) {
  bson::Builder out;
  if (credential.mechanism == "MONGODB-X509")
    append_x509(out, credential);
  else if (credential.scram() && scram != nullptr)
    append_start(out, mechanism_name(scram->hash()), scram->client_first());
  else
    return std::nullopt;
  return out.append_string("db", credential.source).finish();
}

std::optional<std::string> mechanisms_question(const Credential& credential) {
  if (!credential.mechanism.empty() || !credential.username) return std::nullopt;
  return credential.source + "." + *credential.username;
}

ScramHash choose_scram(const Credential& credential, const std::vector<std::string>& listed) {
  if (credential.mechanism == "SCRAM-SHA-1") return ScramHash::sha1;
  if (credential.mechanism == "SCRAM-SHA-256") return ScramHash::sha256;
  const bool strong = std::find(listed.begin(), listed.end(), "SCRAM-SHA-256") != listed.end();
  return strong ? ScramHash::sha256 : ScramHash::sha1;
}

SaslReply read_sasl_reply(bson::DocumentView reply) {
  SaslReply out;
  out.conversation = reply["conversationId"];
  out.done = read_bool(reply["done"]);
  const bson::ValueView payload = reply["payload"];
  if (out.conversation.missing())
    refuse(errc::unauthorized, "the server's reply to the authentication has no conversationId; is it a MongoDB server?",
           "authenticate");
  if (payload.is(bson::Type::binary))
    out.payload = payload.binary_bytes();
  else if (payload.is(bson::Type::string))
    out.payload = payload.as_string();
  else
    refuse(errc::unauthorized, "the server's reply to the authentication has no payload; is it a MongoDB server?",
           "authenticate");
  return out;
}

}  // namespace kinship::mongodb
