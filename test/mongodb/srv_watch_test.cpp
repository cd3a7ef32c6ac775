// mongodb+srv after the first look-up: servers that come and go with their names in DNS, and DNS that fails meanwhile.
// A minute is some milliseconds here.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>

#include "driver/mongodb/driver.hpp"
#include "driver/mongodb/srv_watch.hpp"
#include "mongodb/dns_server.hpp"
#include "mongodb/fake_server.hpp"
#include "store/fixture.hpp"
#include "support/home_loop.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;

namespace {

/// A mongos that answers every find with a document of this `_id`.
FakeServer::Script finds(int id) {
  return [id](Peer& peer, int) {
    while (peer.answer(cursor_of(id))) {
    }
  };
}

FakeOptions mongos() {
  FakeOptions options;
  options.more_in_hello = [](bson::DocumentView) { return doc("msg", "isdbgrid"); };
  return options;
}

int found_by(Driver& driver) {
  FindOperation operation = find_operation("c");
  operation.context.deadline = std::chrono::steady_clock::now() + 5s;
  return run(driver.find(std::move(operation))).first.documents.at(0)["_id"].as_int32();
}

// Until so many finds in a row were answered by that server.
bool comes_to(Driver& driver, int id, int in_a_row) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  for (int row = 0; std::chrono::steady_clock::now() < end;) {
    row = found_by(driver) == id ? row + 1 : 0;
    if (row == in_a_row) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("hosts that come later are found by asking again, and DNS is left alone once it is known what it leads to") {
  FakeServer server([](Peer& peer, int) { peer.receive(); });
  std::atomic<int> asked{0};
  DnsServer dns([&](const DnsQuery& query) -> Replies {
    if (query.type == txt) return {DnsReply(query).bytes()};
    const int number = ++asked;
    if (number == 2) return {DnsReply(query).code(2).bytes()};  // failing now and then changes nothing
    return {DnsReply(query).srv("127.0.0.1", number < 4 ? 1 : server.port(), 0).bytes()};
  });
  mongodb::SrvSettings settings;
  settings.server = dns.address();
  settings.least_wait = 30ms;
  const auto driver = run_at_home(open_mongodb(uri_of("&serverSelectionTimeoutMS=10000"), settings));
  CHECK(asked >= 4);
  run(driver->close(std::chrono::steady_clock::now() + 2s));
}

TEST_CASE("servers of a sharded cluster come and go with their names in DNS") {
  FakeServer one(finds(1), mongos()), two(finds(2), mongos());
  std::atomic<int> phase{0};
  DnsServer dns([&](const DnsQuery& query) -> Replies {
    DnsReply reply(query);
    if (query.type == txt) return {reply.bytes()};
    const int now = phase;
    if (now == 3) return {reply.code(3).bytes()};
    if (now == 4) return {reply.srv("one.example.org", one.port(), 0).bytes()};  // outside of the domain
    if (now < 2) reply.srv("127.0.0.1", one.port(), 0);
    if (now > 0) reply.srv("127.0.0.1", two.port(), 0);
    return {reply.bytes()};
  });
  mongodb::SrvSettings settings;
  settings.server = dns.address();
  settings.least_wait = 20ms;
  const auto driver = run_at_home(open_mongodb(uri_of(), settings));
  CHECK(comes_to(*driver, 1, 10));
  CHECK(two.connections() == 0);
  phase = 1;
  CHECK(comes_to(*driver, 2, 1));
  CHECK(comes_to(*driver, 1, 1));
  phase = 2;
  CHECK(comes_to(*driver, 2, 50));
  for (const int useless : {3, 4}) {
    phase = useless;
    for (const int asked = dns.questions(); dns.questions() < asked + 3;) CHECK(found_by(*driver) == 2);
  }
  run(driver->close(std::chrono::steady_clock::now() + 2s));
  const int asked = dns.questions();
  CHECK(code_of([&] { found_by(*driver); }) == errc::unavailable);
  CHECK(dns.questions() - asked <= 1);  // one may have been under way
}

TEST_CASE("srvMaxHosts bounds how many servers are used, also when DNS is asked again") {
  FakeServer one(finds(1), mongos()), two(finds(2), mongos());
  DnsServer dns([&](const DnsQuery& query) -> Replies {
    DnsReply reply(query);
    if (query.type == srv) reply.srv("127.0.0.1", one.port(), 0).srv("127.0.0.1", two.port(), 0);
    return {reply.bytes()};
  });
  mongodb::SrvSettings settings;
  settings.server = dns.address();
  settings.least_wait = 10ms;
  const auto driver = run_at_home(open_mongodb(uri_of("&srvMaxHosts=1"), settings));
  const int chosen = found_by(*driver);
  for (const int asked = dns.questions(); dns.questions() < asked + 10;) CHECK(found_by(*driver) == chosen);
  run(driver->close(std::chrono::steady_clock::now() + 2s));
}
