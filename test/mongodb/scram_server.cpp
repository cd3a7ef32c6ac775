// See scram_server.hpp; RFC 5802 names the parts.
// Keys are the driver's own: that they are right is for the RFC's examples to say, in test/unit/mongodb/scram_test.cpp.
#include "mongodb/scram_server.hpp"

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/digest.hpp"
#include "support/bson.hpp"
#include "value/base64.hpp"

namespace kinship::test {
namespace {

const std::string salt = "QSXCR+Q6sek8bf92";

std::string payload_of(bson::DocumentView command) { return std::string(command["payload"].binary_bytes()); }

}  // namespace

bson::Document ScramServer::reply(const std::string& payload, bool done) const {
  bson::Builder out;
  if (!mistakes_.no_conversation) out.append_int32("conversationId", 1);
  out.append_bool("done", done);
  out.append_binary("payload", 0, mistakes_.cut_off ? payload.substr(0, payload.size() / 2) : payload);
  return out.append_double("ok", 1).finish();
}

bson::Document ScramServer::first(bson::DocumentView start) {
  client_first_ = payload_of(start).substr(3);  // without "n,,"
  const std::string nonce = mistakes_.other_nonce ? "other" : client_first_.substr(client_first_.find(",r=") + 3);
  server_first_ = "r=" + nonce + "server,s=" + salt + ",i=" + mistakes_.iterations;
  return reply(server_first_, mistakes_.ends_at_once);
}

bson::Document ScramServer::last(bson::DocumentView proof) const {
  const std::string final = payload_of(proof), without_proof = final.substr(0, final.find(",p="));
  const auto raw_salt = kinship::detail::from_base64(salt);
  mongodb::ScramKeyRequest request;
  request.hash = hash_;
  request.secret = hash_ == mongodb::ScramHash::sha1 ? mongodb::md5_hex("user:mongo:pencil") : "pencil";
  request.salt.assign(raw_salt->begin(), raw_salt->end());
  request.iterations = std::stoi(mistakes_.iterations);
  static mongodb::ScramKeyCache known;
  if (!known.find(request)) known.store(request, mongodb::derive_scram_keys(request));
  const mongodb::ScramKeys keys = *known.find(request);
  const std::string message = client_first_ + "," + server_first_ + "," + without_proof;
  const std::string signature = mongodb::hmac(hash_, mongodb::digest(hash_, keys.client_key), message);
  std::string wanted = keys.client_key;
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = static_cast<char>(wanted[i] ^ signature[i]);
  if (final != without_proof + ",p=" + kinship::detail::to_base64(wanted))
    return doc("ok", 0.0, "code", 18, "codeName", "AuthenticationFailed", "errmsg", "no: user, pencil, hunter2");
  std::string verifier = mongodb::hmac(hash_, keys.server_key, message);
  if (mistakes_.wrong_signature) verifier[0] = static_cast<char>(verifier[0] ^ 1);
  return reply("v=" + kinship::detail::to_base64(verifier), !mistakes_.asks_for_empty && !mistakes_.never_ends);
}

bool ScramServer::finish(Peer& peer) const {
  const Bytes proof = peer.receive();
  if (proof.empty() || name_of(proof) != "saslContinue") return false;
  const bson::Document answer = last(command_of(proof));
  if (!peer.send(reply_to(id_of(proof), answer))) return false;
  if (!mongodb::read_bool(answer["ok"])) return false;
  if (!mistakes_.asks_for_empty && !mistakes_.never_ends) return true;
  return peer.answer(doc("conversationId", 1, "done", !mistakes_.never_ends, "payload", "", "ok", 1.0));
}

}  // namespace kinship::test
