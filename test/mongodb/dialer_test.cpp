// How a connection is opened where a name has several addresses, and what sockets are told to do.
// Which addresses a name has is for the test to say, not for the machine it runs on.
#include <doctest/doctest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>

#include "driver/mongodb/dialer.hpp"
#include "mongodb/fake_server.hpp"
#include "mongodb/opened.hpp"
#include "mongodb/sockets.hpp"
#include "support/loopback.hpp"

using namespace kinship;
using namespace kinship::test;
namespace asio = boost::asio;

namespace {

asio::ip::tcp::endpoint at(const char* address, int port) {
  return {asio::ip::make_address(address), static_cast<std::uint16_t>(port)};
}

awaitable<void> dial_to(mongodb::Endpoints endpoints, std::string options) {
  const auto executor = co_await asio::this_coro::executor;
  const auto deadlines = std::make_shared<mongodb::Deadlines>(executor);
  auto uri = std::make_shared<mongodb::MongoUri>(mongodb::parse_uri("mongodb://some.name:1/?" + options));
  auto resolver = std::make_shared<FixedResolver>(deadlines, std::move(endpoints));
  const auto dialer = std::make_shared<mongodb::Dialer>(executor, deadlines, uri, resolver);
  const auto connection = co_await dialer->dial(uri->hosts.front());
  CHECK(connection->server.type == mongodb::ServerType::standalone);
  connection->channel->shut();
}

FakeServer::Script nothing() {
  return [](Peer&, int) {};
}

/// A port on which nobody listens, for as long as this lives.
class ClosedPort {
 public:
  ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) { port = bind_to_loopback(socket_); }
  ~ClosedPort() { ::close(socket_); }

  int port{};

 private:
  int socket_;
};

int option(int socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  ::getsockopt(socket, level, name, &value, &size);
  return value;
}

}  // namespace

TEST_CASE("the addresses of a name are tried in turn") {
  FakeServer server(nothing());
  const ClosedPort closed;
  const auto good = at("127.0.0.1", server.port()), bad = at("127.0.0.1", closed.port), six = at("::1", closed.port);
  run(dial_to({good}, ""));
  run(dial_to({bad, good}, ""));
  run(dial_to({six, bad, good, bad}, ""));
  std::string text;
  CHECK(code_of([&] { run(dial_to({six, bad}, "")); }, &text) == errc::unavailable);
  CHECK(text.find("some.name:1") != std::string::npos);
}

TEST_CASE("localhost is found where only one kind of address is listened on") {
  const auto answers = [](Peer& peer, int) {
    while (peer.answer(doc("ok", 1.0, "n", 1))) {
    }
  };
  FakeServer four(answers);
  {
    const Opened db("mongodb://localhost:" + std::to_string(four.port()) + "/?directConnection=true");
    CHECK(db.command(doc("count", "c"))["n"].as_int32() == 1);
  }
  FakeOptions options;
  options.ipv6 = true;
  FakeServer six(answers, options);
  const Opened numeric(six.uri());
  CHECK(numeric.command(doc("count", "c"))["n"].as_int32() == 1);
  addrinfo hints{}, *list = nullptr;
  hints.ai_family = AF_INET6;
  if (::getaddrinfo("localhost", nullptr, &hints, &list) != 0) {
    MESSAGE("skipped: on this machine localhost has no IPv6 address");
    return;
  }
  ::freeaddrinfo(list);
  const Opened named("mongodb://localhost:" + std::to_string(six.port()) + "/?directConnection=true");
  CHECK(named.command(doc("count", "c"))["n"].as_int32() == 1);
}

TEST_CASE("sockets find out by themselves when the other side has vanished, and send at once") {
  FakeServer server([](Peer& peer, int) {
    while (peer.answer(doc("ok", 1.0))) {
    }
  });
  const Opened db(server.uri());
  db.command(doc("ping", 1));
  int seen = 0;
  for (const int socket : sockets_to(server.port())) {
    ++seen;
    CHECK(option(socket, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(option(socket, IPPROTO_TCP, TCP_KEEPIDLE) == 120);
    CHECK(option(socket, IPPROTO_TCP, TCP_KEEPINTVL) == 10);
    CHECK(option(socket, IPPROTO_TCP, TCP_NODELAY) == 1);
  }
  CHECK(seen >= 2);  // the monitor's and the pool's
}
