// TLS to another stack than OpenSSL's and Go's: mongo-java-server, started by test/servers/java.sh.
// It is another implementation of handshakes, records and tickets.
#include <doctest/doctest.h>

#include "mongodb/certificates.hpp"
#include "mongodb/opened.hpp"
#include "support/says.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

std::string uri(const std::string& authority) {
  const char* port = std::getenv("KINSHIP_TEST_TLS_PORT");
  REQUIRE(port != nullptr);
  return "mongodb://127.0.0.1:" + std::string(port) +
         "/test?directConnection=true&serverSelectionTimeoutMS=5000&tls=true&tlsCAFile=" + certificate(authority.c_str());
}

}  // namespace

TEST_CASE("documents of one record and of many go both ways over Java's TLS") {
  const Opened db(uri("ca.pem"));
  for (const std::size_t size : {std::size_t{1}, std::size_t{20'000}, std::size_t{2'000'000}}) {
    CAPTURE(size);
    const std::string text(size, 'x');
    WriteOperation operation;
    operation.collection = "c";
    operation.items.push_back(insert_item(doc("_id", static_cast<int>(size), "text", text)));
    CHECK(run(db->write(std::move(operation))).inserted == 1);
    const FindReply reply = run(db->find(find_operation("c", doc("_id", static_cast<int>(size)))));
    REQUIRE(reply.first.documents.size() == 1);
    CHECK(reply.first.documents.at(0)["text"].as_string() == text);
  }
}

TEST_CASE("Java's server is refused by who does not trust its authority") {
  std::string text;
  CHECK(code_of([&] { Opened(uri("other_ca.pem") + "&serverSelectionTimeoutMS=1500"); }, &text) == errc::unavailable);
  says(text, "tlsCAFile");
}
