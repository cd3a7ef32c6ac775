// Later connections to a server take up the TLS session of an earlier one, whatever became of that; and where a server
// cannot bear it, whole handshakes go on.
#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include "driver/mongodb/tls_sessions.hpp"
#include "mongodb/certificates.hpp"
#include "mongodb/fake_server.hpp"
#include "mongodb/opened.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

FakeOptions with_tls(int version) {
  FakeOptions options;
  options.certificate = certificate("good.pem");
  options.tls_version = version;
  return options;
}

std::string tls() { return "directConnection=true&tls=true&tlsCAFile=" + certificate("ca.pem"); }

void answer_all(Peer& peer, int) {
  while (peer.answer(cursor_of(7))) {
  }
}

// The first connection is cut after its first reply.
void cut_the_first(Peer& peer, int number) {
  if (number != 0) return answer_all(peer, number);
  peer.answer(cursor_of(7));
  peer.look();
}

}  // namespace

TEST_CASE("of all connections of a client only the first shakes hands in full, with TLS 1.2 and 1.3") {
  if (!has_certificates()) return;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    FakeServer server(cut_the_first, with_tls(version));
    {
      const Opened db(server.uri(tls()));
      CHECK(db.find_one() == 7);
      CHECK(db.find_one() == 7);  // over the next connection
      CHECK(server.connections() == 2);
      CHECK(server.whole_handshakes() == 1);  // the monitor's
      CHECK(server.resumed_handshakes() >= 2);
    }
    const Opened another(server.uri(tls()));
    CHECK(another.find_one() == 7);
    CHECK(server.whole_handshakes() == 2);
  }
}

TEST_CASE("a server that breaks off where a session is taken up gets whole handshakes from then on") {
  if (!has_certificates()) return;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    FakeOptions options = with_tls(version);
    options.chokes_on_sessions = true;
    FakeServer server(cut_the_first, options);
    const Opened db(server.uri(tls()));
    CHECK(db.find_one() == 7);
    CHECK(db.find_one() == 7);
    CHECK(server.connections() == 2);
    CHECK(server.resumed_handshakes() == 0);
    CHECK(server.failed_handshakes() >= 1);
  }
}

TEST_CASE("sessions are kept by server, the last one of each, until it is given up") {
  const auto session = [](unsigned char id) {
    mongodb::TlsSession made(::SSL_SESSION_new());
    REQUIRE(::SSL_SESSION_set1_id(made.get(), &id, 1) == 1);
    return made;
  };
  mongodb::TlsSession first = session(1), second = session(2);
  const auto *first_at = first.get(), *second_at = second.get();
  mongodb::TlsSessions sessions;
  CHECK(sessions.find("a:1") == nullptr);
  sessions.keep("a:1", std::move(first));
  CHECK(sessions.find("a:1").get() == first_at);
  CHECK(sessions.find("a:2") == nullptr);
  sessions.keep("a:1", std::move(second));
  CHECK(sessions.find("a:1").get() == second_at);
  sessions.keep("a:2", mongodb::TlsSession(::SSL_SESSION_new()));
  CHECK(sessions.find("a:2") == nullptr);  // nothing in it to be taken up
  sessions.give_up("a:1");
  sessions.keep("a:1", session(3));
  CHECK(sessions.find("a:1") == nullptr);
}
