// TLS against a scripted server: what a handshake may meet, records in any pieces, tickets, and logging in by certificate.
// Certificates come from test/servers/test_ca.sh.
#include <doctest/doctest.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/dialer.hpp"
#include "mongodb/certificates.hpp"
#include "mongodb/fake_server.hpp"
#include "mongodb/opened.hpp"
#include "mongodb/sockets.hpp"
#include "support/race.hpp"
#include "support/says.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

FakeOptions with_tls(int version = 0) {
  FakeOptions options;
  options.certificate = certificate("good.pem");
  options.tls_version = version;
  return options;
}

std::string tls() {
  return "directConnection=true&serverSelectionTimeoutMS=1500&tls=true&tlsCAFile=" + certificate("ca.pem");
}

std::string failure(const std::string& uri, errc code) {
  std::string text;
  const auto found = code_of([&] { Opened(uri).find_one(); }, &text);
  CHECK_MESSAGE(found == code, text);
  return text;
}

void until_readable(int socket) {
  pollfd wanted{socket, POLLIN, 0};
  REQUIRE(::poll(&wanted, 1, 5000) == 1);
}

}  // namespace

TEST_CASE("records in any pieces are replies, with TLS 1.2 and 1.3") {
  if (!has_certificates()) return;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
      CAPTURE(version);
      CAPTURE(piece);
      FakeServer server(
          [piece](Peer& peer, int) {
            while (peer.answer(cursor_of(7), piece)) {
            }
          },
          with_tls(version));
      const Opened db(server.uri(tls()));
      CHECK(db.find_one() == 7);
      CHECK(db.find_one() == 7);
      CHECK(server.connections() == 1);
    }
}

TEST_CASE("large messages both ways") {
  if (!has_certificates()) return;
  std::string large(11'000'000, ' ');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>('a' + i % 23);
  FakeServer server(
      [&](Peer& peer, int) {
        for (Bytes request = peer.receive(); !request.empty(); request = peer.receive()) {
          if (name_of(request) == "endSessions") return;
          const auto text = mongodb::read_text(command_of(request)["text"]);
          if (!peer.send(reply_to(id_of(request), doc("ok", 1.0, "text", std::string(text))))) return;
        }
      },
      with_tls());
  const Opened db(server.uri(tls()));
  for (int i = 0; i < 3; ++i) {
    const bson::Document reply = db.command(doc("echo", 1, "text", large));
    CHECK(reply["text"].as_string() == large);
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("a connection is not taken for dead because of tickets, and is when it is dead") {
  if (!has_certificates()) return;
  std::atomic<bool> end{false};
  FakeOptions options = with_tls(TLS1_3_VERSION);
  options.greets = false;
  FakeServer server(
      [&](Peer& peer, int number) {
        while (!end) std::this_thread::sleep_for(1ms);
        if (number == 1) peer.send(Bytes(16, 0));  // words that nobody asked for
        peer.close();
      },
      options);
  const auto uri = std::make_shared<mongodb::MongoUri>(mongodb::parse_uri(server.uri(tls())));
  std::vector<std::shared_ptr<mongodb::Channel>> channels;
  auto connect = [&]() -> awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    const auto deadlines = std::make_shared<mongodb::Deadlines>(executor);
    const auto context = std::make_shared<mongodb::TlsContext>(uri->options);
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(server.port()));
    for (int i = 0; i < 2; ++i) {
      channels.push_back(std::make_shared<mongodb::Channel>(executor, deadlines, "127.0.0.1"));
      channels.back()->secure(context, "127.0.0.1");
      co_await channels.back()->connect(endpoint, Clock::now() + 5s);
    }
    const std::vector<int> sockets = sockets_to(server.port());
    CHECK(sockets.size() == 2);
    for (const int socket : sockets) until_readable(socket);
    for (const auto& channel : channels) {
      CHECK(channel->peek());
      CHECK(channel->peek());
    }
    end = true;
    for (const int socket : sockets) until_readable(socket);
    for (const auto& channel : channels) CHECK_FALSE(channel->peek());
    for (const auto& channel : channels) channel->shut();
    channels.clear();
  };
  run(connect());
}

TEST_CASE("a server that goes away in the handshake, or says something else, ends it in words") {
  if (!has_certificates()) return;
  const auto ends = [](const Bytes& answer, bool reads) {
    FakeServer server(
        [&](Peer& peer, int) {
          std::uint8_t some[64];
          if (reads && !peer.read_some(some, sizeof some)) return;
          peer.send(answer);
          peer.close();
        },
        false);
    return failure(server.uri(tls()), errc::unavailable);
  };
  says(ends({}, false), "closed the connection in the TLS handshake");
  says(ends({}, true), "leave out tls=true");
  says(ends({'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0'}, true), "does not speak TLS");
  says(ends({0x15, 3, 3, 0, 2, 2, 40}, true), "does not accept this client");  // the alert handshake_failure
  says(ends({0x15, 3, 3, 0, 2, 2, 80}, true), "TLS failed");
  says(ends({0x16, 3, 3, 0, 50, 2, 0}, true), "closed the connection in the TLS handshake");
}

TEST_CASE("a server that speaks too old a TLS") {
  if (!has_certificates()) return;
  FakeServer server([](Peer&, int) {}, with_tls(TLS1_1_VERSION));
  says(failure(server.uri(tls()), errc::unavailable), "TLS 1.2");
}

TEST_CASE("a handshake must end in time, and ends at once when it is cancelled") {
  if (!has_certificates()) return;
  FakeServer silent([](Peer&, int) {}, false);
  says(failure(silent.uri(tls() + "&connectTimeoutMS=50"), errc::unavailable), "the TLS handshake did not end in time");
  const Raced raced = cancel_soon(run_void(open_mongodb(silent.uri(tls() + "&serverSelectionTimeoutMS=30000"))), 100);
  CHECK(raced.code == errc::cancelled);
  CHECK(raced.seconds < 0.2);
}

TEST_CASE("an address where nobody shakes hands leaves time for the next one") {
  if (!has_certificates()) return;
  FakeServer silent([](Peer&, int) {}, false), server([](Peer& peer, int) { peer.answer(cursor_of(7)); }, with_tls());
  // Both as members of one name would be: the dialer is given the two addresses.
  const auto uri = std::make_shared<mongodb::MongoUri>(mongodb::parse_uri(server.uri(tls() + "&connectTimeoutMS=4000")));
  auto dial = [&]() -> awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    const auto deadlines = std::make_shared<mongodb::Deadlines>(executor);
    const auto address = asio::ip::make_address("127.0.0.1");
    mongodb::Endpoints endpoints;
    for (const int port : {silent.port(), server.port()})
      endpoints.push_back(asio::ip::tcp::endpoint(address, static_cast<std::uint16_t>(port)));
    auto resolver = std::make_shared<FixedResolver>(deadlines, std::move(endpoints));
    const auto dialer = std::make_shared<mongodb::Dialer>(executor, deadlines, uri, resolver);
    co_await mongodb::Dialer::prepare(dialer);
    const auto connection = co_await dialer->dial(uri->hosts.front());
    CHECK(connection->server.type == mongodb::ServerType::standalone);
    connection->channel->shut();
  };
  run(dial());
}

TEST_CASE("a reply that is cut off anywhere is an error, and a read is tried once more") {
  if (!has_certificates()) return;
  const std::size_t whole = reply_to(1, cursor_of(7)).size();
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, whole - 1}) {
    CAPTURE(cut);
    FakeServer server(
        [cut](Peer& peer, int number) {
          const Bytes request = peer.receive();
          Bytes reply = reply_to(id_of(request), cursor_of(7));
          if (number == 0) reply.resize(cut);
          peer.send(reply);
          if (number != 0) peer.receive();
        },
        with_tls());
    const Opened db(server.uri(tls()));
    CHECK(db.find_one() == 7);
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("sending to a server that has gone is an error, not the end of the program") {
  if (!has_certificates()) return;
  FakeServer server([](Peer& peer, int) { peer.answer(doc("ok", 1.0)); }, with_tls());
  const Opened db(server.uri(tls() + "&retryReads=false&retryWrites=false"));
  db.command(doc("ping", 1));
  const std::string large(8'000'000, 'x');
  for (int i = 0; i < 5; ++i) {
    try {
      db.command(doc("echo", 1, "text", large));
    } catch (const error& e) {
      CHECK_MESSAGE(e.code() == errc::unavailable, e.what());
    }
  }
}

TEST_CASE("a deadline ends a wait, and the connection is used again when the reply comes after all") {
  if (!has_certificates()) return;
  std::atomic<bool> timed_out{false};
  FakeServer server(
      [&](Peer& peer, int number) {
        if (number != 0) return;
        peer.answer(cursor_of(1));
        const Bytes slow = peer.receive();
        while (!timed_out) std::this_thread::sleep_for(1ms);
        peer.send(reply_to(id_of(slow), cursor_of(2)));
        while (peer.answer(cursor_of(3))) {
        }
      },
      with_tls());
  const Opened db(server.uri(tls() + "&maxPoolSize=1"));
  CHECK(db.find_one() == 1);
  CHECK(code_of([&] { db.find_one(Clock::now() + 30ms); }) == errc::timeout);
  timed_out = true;
  CHECK(db.find_one() == 3);
  CHECK(server.connections() == 1);
}

TEST_CASE("logging in by certificate, with hello or after it") {
  if (!has_certificates()) return;
  const std::string ours = tls() + "&authMechanism=MONGODB-X509&tlsCertificateKeyFile=" + certificate("client.pem");
  for (const bool speculates : {true, false}) {
    CAPTURE(speculates);
    FakeOptions options = with_tls();
    if (speculates)
      options.more_in_hello = [](bson::DocumentView hello) {
        const auto asked = mongodb::read_document(hello["speculativeAuthenticate"]);
        if (asked.empty()) return doc();
        CHECK(mongodb::read_text(asked["mechanism"]) == "MONGODB-X509");
        CHECK(mongodb::read_text(asked["db"]) == "$external");
        return doc("speculativeAuthenticate", doc("dbname", "$external", "user", "CN=client"));
      };
    FakeServer server(
        [&](Peer& peer, int) {
          if (!speculates) {
            CHECK(name_of(peer.look()) == "authenticate");
            CHECK(mongodb::read_text(command_of(peer.look())["$db"]) == "$external");
            peer.answer(doc("ok", 1.0, "user", "CN=client"));
          }
          while (peer.answer(cursor_of(7))) {
          }
        },
        options);
    CHECK(Opened(server.uri(ours)).find_one() == 7);
  }
  FakeServer refusing(
      [](Peer& peer, int) { peer.answer(doc("ok", 0.0, "code", 18, "codeName", "AuthenticationFailed", "errmsg", "no")); },
      with_tls());
  const std::string text = failure(refusing.uri(ours), errc::unauthorized);
  says(text, "MONGODB-X509");
  says(text, "subject of the certificate");
}

TEST_CASE("logging in by PLAIN, which sends the password as it is") {
  if (!has_certificates()) return;
  std::string payload;
  FakeServer server(
      [&](Peer& peer, int) {
        const auto start = command_of(peer.look());
        payload = start["payload"].binary_bytes();
        peer.answer(doc("conversationId", 1, "done", true, "payload", "", "ok", 1.0));
        while (peer.answer(cursor_of(7))) {
        }
      },
      with_tls());
  CHECK(Opened(server.uri(tls() + "&authMechanism=PLAIN", "user:hunter2")).find_one() == 7);
  CHECK(payload == std::string("\0user\0hunter2", 13));
}
