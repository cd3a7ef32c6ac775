// How long connecting holds the event loop up: TLS and log-in, from the very first one in the program on.
// Beside ticker_login_test.cpp this needs no FerretDB, and presents a client's certificate.
#include <doctest/doctest.h>

#include <chrono>

#include "mongodb/certificates.hpp"
#include "mongodb/fake_server.hpp"
#include "mongodb/opened.hpp"
#include "mongodb/scram_server.hpp"
#include "support/check_stalls.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;

TEST_CASE("connecting with TLS and a log-in does not hold the loop up, not even the first time") {
  if (!has_certificates()) return;
  FakeOptions options;
  options.certificate = certificate("good.pem");
  ScramMistakes usual;
  usual.iterations = "15000";
  FakeServer server(
      [&](Peer& peer, int) {
        ScramServer scram(mongodb::ScramHash::sha256, usual);
        const Bytes start = peer.receive();
        if (!start.empty() && peer.send(reply_to(id_of(start), scram.first(command_of(start))))) scram.finish(peer);
        peer.receive();
      },
      options);
  const std::string with =
      "directConnection=true&authMechanism=SCRAM-SHA-256&tls=true&tlsCertificateKeyFile=" + certificate("client.pem");
  for (const std::string& trust : {"&tlsCAFile=" + certificate("ca.pem"), std::string("&tlsInsecure=true")}) {
    const std::string uri = server.uri(with + trust, "user:pencil");
    auto connect = [&]() -> awaitable<void> {
      const auto driver = co_await open_mongodb(uri);
      co_await driver->close(std::chrono::steady_clock::now() + 2s);
    };
    for (int i = 0; i < 3; ++i) check_stalls(watch_stalls(connect()));
  }
}
