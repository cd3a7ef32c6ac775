// What this driver refuses at connect, and what it only warns of; the rules for credentials are the specification's suite.
// Each refusal must say what to do, and none may repeat a secret.
#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "driver/mongodb/credential.hpp"

namespace kinship::mongodb {
namespace {

std::string refusal(const std::string& uri, errc code) {
  try {
    refuse_unsupported(parse_uri(uri));
  } catch (const error& e) {
    CHECK_MESSAGE(e.code() == code, e.what());
    CHECK(std::string(e.what()).find("hunter2") == std::string::npos);
    return e.what();
  }
  FAIL_CHECK("accepted: " << uri);
  return "";
}

TEST_CASE("what is not spoken is refused with what to do instead") {
  const std::string h = "mongodb://user:hunter2@h/";
  CHECK(refusal(h + "?authMechanism=GSSAPI", errc::unsupported).find("SCRAM-SHA-256") != std::string::npos);
  CHECK(refusal(h + "?authMechanism=MONGODB-AWS", errc::unsupported).find("MONGODB-X509") != std::string::npos);
  CHECK(refusal("mongodb://h/?authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:test", errc::unsupported)
            .find("MONGODB-OIDC") != std::string::npos);
  CHECK(refusal(h + "?loadBalanced=true", errc::unsupported).find("leave out loadBalanced") != std::string::npos);
  CHECK(refusal(h + "?proxyHost=p", errc::unsupported).find("leave out proxyHost") != std::string::npos);
}

TEST_CASE("credentials that cannot work are refused before anything is sent") {
  CHECK(refusal("mongodb://user@h/", errc::invalid_query).find("password") != std::string::npos);
  CHECK(refusal("mongodb://user@h/?authMechanism=PLAIN", errc::invalid_query).find("password") != std::string::npos);
  CHECK(refusal("mongodb://h/?authMechanism=MONGODB-X509", errc::invalid_query).find("tlsCertificateKeyFile") !=
        std::string::npos);
  CHECK(refusal("mongodb://user:hunter2@h/?authMechanism=SCRAM", errc::invalid_query).find("leave it out") !=
        std::string::npos);
  for (const char* hosts : {"h", "h,%2Ftmp%2Fx.sock"})
    CHECK(refusal("mongodb://user:hunter2@" + std::string(hosts) + "/?authMechanism=PLAIN", errc::invalid_query)
              .find("tls=true") != std::string::npos);
}

TEST_CASE("a unix socket takes no TLS, and nobody is left to believe that it does") {
  CHECK(refusal("mongodb://h,%2Ftmp%2Fx.sock/?tls=true", errc::invalid_query).find("leave out tls") != std::string::npos);
}

TEST_CASE("what is spoken is let through") {
  for (const char* uri :
       {"mongodb://h", "mongodb://user:pw@h/db", "mongodb://user:pw@h/?authMechanism=SCRAM-SHA-1",
        "mongodb://user:pw@h/?authMechanism=PLAIN&tls=true", "mongodb://user:pw@%2Ftmp%2Fx.sock/?authMechanism=PLAIN",
        "mongodb://user:@h", "mongodb://%2Ftmp%2Fx.sock/?tls=false",
        "mongodb://h/?authMechanism=MONGODB-X509&tls=true&tlsCertificateKeyFile=a.pem",
        "mongodb+srv://a.b.c/?authMechanism=MONGODB-X509&tlsCertificateKeyFile=a.pem"}) {
    CAPTURE(uri);
    CHECK_NOTHROW(refuse_unsupported(parse_uri(uri)));
  }
}

TEST_CASE("options without effect are warned of at connect, not by the parser") {
  const MongoUri uri =
      parse_uri("mongodb://h/?compressors=zlib&tlsDisableOCSPEndpointCheck=true&serverSelectionTryOnce=false");
  CHECK(uri.warnings.empty());
  CHECK(connect_warnings(uri).size() == 3);
  CHECK(connect_warnings(parse_uri("mongodb://h/?nonsense=1")).size() == 1);
  CHECK(connect_warnings(parse_uri("mongodb://h")).empty());
}

}  // namespace
}  // namespace kinship::mongodb
