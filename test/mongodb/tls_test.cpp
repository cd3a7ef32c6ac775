// TLS to a real server: what is trusted, what is not and why, and what is said when one side speaks it and the other not.
// Certificates come from test/servers/test_ca.sh.
#include <doctest/doctest.h>

#include "mongodb/ferretdb.hpp"
#include "mongodb/opened.hpp"
#include "support/says.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

constexpr int unauthorized = static_cast<int>(errc::unauthorized), unavailable = static_cast<int>(errc::unavailable),
              invalid = static_cast<int>(errc::invalid_query);

std::string trusted() { return "tls=true&tlsCAFile=" + certificate("ca.pem"); }

/// What it ends with, on a server that lets everybody in.
std::string ends(const char* port, const std::string& options, int code, const std::string& host = "127.0.0.1") {
  return failure_of(ferretdb_uri("", port, options, host), code);
}

}  // namespace

TEST_CASE("a server with a certificate that is trusted, by name and by address") {
  if (!has_ferretdb()) return;
  CHECK(ends("WRONG_HOST_PORT", trusted() + "&tlsAllowInvalidHostnames=true", 0) == "");
  for (const char* host : {"127.0.0.1", "localhost"}) {
    CAPTURE(host);
    CHECK(failure_of(ferretdb_uri("root:rootpw", "TLS_PORT", trusted() + "&authSource=admin", host), 0) == "");
    says(failure_of(ferretdb_uri("root:hunter2", "TLS_PORT", trusted() + "&authSource=admin", host), unauthorized), host);
  }
}

TEST_CASE("the server's own certificate may be named instead of its authority's") {
  if (!has_ferretdb()) return;
  const std::string own = "tls=true&authSource=admin&tlsCAFile=" + certificate("good.pem");
  CHECK(failure_of(ferretdb_uri("root:rootpw", "TLS_PORT", own), 0) == "");
}

TEST_CASE("a document of many records, both ways") {
  if (!has_ferretdb()) return;
  const Opened db(ferretdb_uri("root:rootpw", "TLS_PORT", trusted() + "&authSource=admin&serverSelectionTimeoutMS=5000"));
  std::string text(300'000, ' ');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 23);
  for (int id = 0; id < 2; ++id) {
    WriteOperation operation;
    operation.collection = "large";
    operation.items.push_back(insert_item(doc("_id", id, "text", text)));
    CHECK(run(db->write(std::move(operation))).inserted == 1);
  }
  FindOperation find = find_operation("large");
  const FindReply reply = run(db->find(std::move(find)));
  REQUIRE(reply.first.documents.size() == 2);
  for (const auto document : reply.first.documents) CHECK(document["text"].as_string() == text);
  run(db->drop_collection("large", OperationContext()));
}

TEST_CASE("an authority that is not trusted") {
  if (!has_ferretdb()) return;
  for (const std::string& options : {std::string("tls=true"), "tls=true&tlsCAFile=" + certificate("other_ca.pem")}) {
    const std::string text = ends("TLS_PORT", options, unavailable);
    says(text, "not from an authority this client trusts");
    says(text, "tlsCAFile");
  }
  for (const char* option : {"&tlsAllowInvalidCertificates=true", "&tlsInsecure=true"})
    CHECK(failure_of(ferretdb_uri("root:rootpw", "TLS_PORT", std::string("authSource=admin&tls=true") + option), 0) == "");
}

TEST_CASE("a certificate for somebody else") {
  if (!has_ferretdb()) return;
  for (const char* host : {"127.0.0.1", "localhost"}) {  // "localhost" in the subject counts for nothing
    const std::string text = ends("WRONG_HOST_PORT", trusted(), unavailable, host);
    says(text, "is for db.example.com, 192.0.2.1 and not for " + std::string(host));
    says(text, "tlsAllowInvalidHostnames");
  }
  says(ends("WRONG_HOST_PORT", trusted() + "&tlsAllowInvalidCertificates=true", unavailable), "tlsAllowInvalidHostnames");
  CHECK(ends("WRONG_HOST_PORT", "tls=true&tlsInsecure=true", 0) == "");
}

TEST_CASE("a certificate that has expired") {
  if (!has_ferretdb()) return;
  const std::string text = ends("EXPIRED_PORT", trusted(), unavailable);
  says(text, "expired on 2020-01-02");
  says(text, "tlsAllowInvalidCertificates");
  says(ends("EXPIRED_PORT", trusted() + "&tlsAllowInvalidHostnames=true", unavailable), "expired");
  CHECK(ends("EXPIRED_PORT", trusted() + "&tlsAllowInvalidCertificates=true", 0) == "");
}

TEST_CASE("one side speaks TLS, and the other does not") {
  if (!has_ferretdb()) return;
  says(ends("USERS_PORT", trusted() + "&connectTimeoutMS=200", unavailable), "leave out tls=true");
  says(ends("TLS_PORT", "", unavailable), "add tls=true");
}

TEST_CASE("a server that wants a client's certificate") {
  if (!has_ferretdb()) return;
  const std::string ours = trusted() + "&tlsCertificateKeyFile=";
  CHECK(ends("CLIENT_TLS_PORT", ours + certificate("client.pem"), 0) == "");
  CHECK(ends("CLIENT_TLS_PORT", ours + certificate("secret.pem") + "&tlsCertificateKeyFilePassword=open%20sesame", 0) == "");
  says(ends("CLIENT_TLS_PORT", trusted(), unavailable), "tlsCertificateKeyFile");
  says(ends("CLIENT_TLS_PORT", ours + certificate("expired.pem"), unavailable),
       "check the certificate in tlsCertificateKeyFile");
}

TEST_CASE("files of no use are named before anything is sent") {
  if (!has_ferretdb()) return;
  const std::string none = certificate("none.pem"), key = "tls=true&tlsCertificateKeyFile=";
  says(ends("TLS_PORT", "tls=true&tlsCAFile=" + none, invalid), "tlsCAFile=" + none);
  says(ends("TLS_PORT", "tls=true&tlsCAFile=" + none, invalid), "No such file");
  says(ends("TLS_PORT", "tls=true&tlsCAFile=" + certificate("ca.conf"), invalid), "PEM");
  says(ends("TLS_PORT", key + none, invalid), "tlsCertificateKeyFile=" + none);
  says(ends("TLS_PORT", key + certificate("client.crt"), invalid), "holds no key");
  says(ends("TLS_PORT", key + certificate("secret.pem"), invalid), "tlsCertificateKeyFilePassword");
  says(ends("TLS_PORT", key + certificate("secret.pem") + "&tlsCertificateKeyFilePassword=hunter2", invalid),
       "does not open");
}
