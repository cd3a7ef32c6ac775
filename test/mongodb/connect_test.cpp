// connect and its options: what is verified, what a lazy one leaves to the first operation, and what it warns of.
#include <doctest/doctest.h>

#include <kinship/value/json.hpp>

#include "mongodb/fake_server.hpp"
#include "mongodb/watchers.hpp"
#include "support/bson.hpp"
#include "support/loopback.hpp"
#include "support/run.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

struct Outcomes {
  bool connected{};
  errc code{};
  std::string text{};
};

awaitable<void> connect_and_ping(std::string uri, ConnectOptions options, Outcomes* out) {
  Database db;
  try {
    db = co_await connect(std::move(uri), std::move(options));
    out->connected = true;
    const json command = json{{"ping", 1}};
    co_await db.command(command);
  } catch (const error& e) {
    out->code = static_cast<errc>(e.code().value());
    out->text = e.what();
  }
  if (out->connected) co_await db.close();
}

}  // namespace

TEST_CASE("connect verifies a server; a lazy one leaves that to the first operation") {
  std::uint16_t nobody = 0;
  {
    const FakeServer gone([](Peer&, int) {});
    nobody = gone.port();
  }
  const std::string uri =
      "mongodb://127.0.0.1:" + std::to_string(nobody) + "/db?directConnection=true&serverSelectionTimeoutMS=100";
  Outcomes eager, lazy;
  run(connect_and_ping(uri, ConnectOptions(), &eager));
  CHECK_FALSE(eager.connected);
  CHECK(eager.code == errc::unavailable);
  run(connect_and_ping(uri, ConnectOptions().lazy(true), &lazy));
  CHECK(lazy.connected);
  CHECK(lazy.code == errc::unavailable);
  CHECK(lazy.text.find("127.0.0.1:" + std::to_string(nobody)) != std::string::npos);
}

TEST_CASE("a lazy connection works as any other") {
  const FakeServer server([](Peer& peer, int) {
    while (peer.answer(doc("ok", 1.0))) {
    }
  });
  Outcomes out;
  run(connect_and_ping(server.uri("directConnection=true"), ConnectOptions().lazy(true), &out));
  CHECK(out.connected);
  CHECK(out.text == "");
}

TEST_CASE("connect warns of options that are without effect, and tells no password") {
  const FakeServer server([](Peer& peer, int) {
    while (peer.answer(doc("ok", 1.0))) {
    }
  });
  const Heard<OperationEvent> heard;
  ConnectOptions options;
  options.observe(heard);
  Outcomes out;
  run(connect_and_ping(server.uri("directConnection=true&compressors=zlib&appName=a&appName=b"), options, &out));
  CHECK(out.text == "");
  std::vector<std::string> warnings;
  for (const OperationEvent& event : heard.all())
    if (event.operation == "warning") warnings.push_back(event.warning);
  REQUIRE(!warnings.empty());
  CHECK(warnings.back().find("compressors") != std::string::npos);
}
