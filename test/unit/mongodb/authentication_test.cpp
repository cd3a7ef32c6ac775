// The documents of authentication: what is sent, and what is read.
// Conversations themselves are in scram_test.cpp.
#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "driver/mongodb/authentication.hpp"
#include "support/bson.hpp"

namespace kinship::mongodb {
namespace {

using test::doc;

Credential credential(std::string mechanism) {
  Credential out;
  out.mechanism = std::move(mechanism);
  out.source = "admin";
  out.username = "user";
  out.password = "pencil";
  return out;
}

TEST_CASE("the first and the following command of a conversation") {
  const bson::Document start = sasl_start("SCRAM-SHA-256", "n,,n=user,r=N");
  CHECK(start.view().begin()->name == "saslStart");
  CHECK(start["mechanism"].as_string() == "SCRAM-SHA-256");
  CHECK(start["payload"].binary_bytes() == "n,,n=user,r=N");
  CHECK(start["options"].as_document()["skipEmptyExchange"].as_bool());
  const bson::Document id = doc("id", 7);
  const bson::Document next = sasl_continue(id["id"], "c=biws");
  CHECK(next.view().begin()->name == "saslContinue");
  CHECK(next["conversationId"].as_int32() == 7);
  CHECK(next["payload"].binary_bytes() == "c=biws");
}

TEST_CASE("hello may carry the first command, with its database") {
  const ScramConversation scram(ScramHash::sha256, credential(""), "N");
  const auto first = speculative_authentication(credential(""), &scram);
  REQUIRE(first);
  CHECK((*first)["db"].as_string() == "admin");
  CHECK((*first)["mechanism"].as_string() == "SCRAM-SHA-256");
  CHECK((*first)["payload"].binary_bytes() == scram.client_first());
  CHECK_FALSE(speculative_authentication(credential(""), nullptr));
  CHECK_FALSE(speculative_authentication(credential("PLAIN"), nullptr));
  const auto x509 = speculative_authentication(credential("MONGODB-X509"), nullptr);
  REQUIRE(x509);
  CHECK(x509->view().begin()->name == "authenticate");
  CHECK((*x509)["user"].as_string() == "user");
  CHECK((*x509)["db"].as_string() == "admin");
}

TEST_CASE("X.509 without a name leaves it to the certificate") {
  Credential nameless;
  nameless.mechanism = "MONGODB-X509";
  const bson::Document command = authenticate_x509(nameless);
  CHECK(command["mechanism"].as_string() == "MONGODB-X509");
  CHECK(command["user"].missing());
}

TEST_CASE("PLAIN sends name and password between NUL bytes") {
  CHECK(plain_payload(credential("PLAIN")) == std::string("\0user\0pencil", 12));
}

TEST_CASE("the mechanism is negotiated only where none was asked for") {
  CHECK(mechanisms_question(credential("")) == "admin.user");
  CHECK_FALSE(mechanisms_question(credential("SCRAM-SHA-1")));
  CHECK(choose_scram(credential(""), {"SCRAM-SHA-1", "SCRAM-SHA-256"}) == ScramHash::sha256);
  CHECK(choose_scram(credential(""), {"SCRAM-SHA-1"}) == ScramHash::sha1);
  CHECK(choose_scram(credential(""), {}) == ScramHash::sha1);
  CHECK(choose_scram(credential("SCRAM-SHA-1"), {"SCRAM-SHA-256"}) == ScramHash::sha1);
  CHECK(choose_scram(credential("SCRAM-SHA-256"), {"SCRAM-SHA-1"}) == ScramHash::sha256);
}

TEST_CASE("replies are read, and replies that are none are refused") {
  bson::Builder out;
  const bson::Document reply =
      out.append_int32("conversationId", 3).append_bool("done", true).append_binary("payload", 0, "v=x").finish();
  const SaslReply read = read_sasl_reply(reply);
  CHECK(read.conversation.as_int32() == 3);
  CHECK(read.done);
  CHECK(read.payload == "v=x");
  CHECK(read_sasl_reply(doc("conversationId", 1, "payload", "r=")).payload == "r=");
  CHECK_THROWS_AS(read_sasl_reply(doc("payload", "r=")), error);
  CHECK_THROWS_AS(read_sasl_reply(doc("conversationId", 1, "payload", 5)), error);
  CHECK_THROWS_AS(read_sasl_reply(bson::Document()), error);
}

}  // namespace
}  // namespace kinship::mongodb
