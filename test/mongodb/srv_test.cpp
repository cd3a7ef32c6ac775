// mongodb+srv: what DNS says, and everything it may say wrongly, from the question to the connection.
// Hosts are 127.0.0.1 below the domain 0.0.1, so that no name has to be resolved; the DNS server and MongoDB's are scripts.
#include <doctest/doctest.h>

#include <chrono>

#include "driver/mongodb/driver.hpp"
#include "driver/mongodb/srv_watch.hpp"
#include "mongodb/dns_server.hpp"
#include "mongodb/fake_server.hpp"
#include "store/fixture.hpp"
#include "support/home_loop.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;

namespace {

/// Opens and closes at once.
void connect(const DnsServer& dns, const std::string& uri, std::chrono::milliseconds least_wait = 60s) {
  mongodb::SrvSettings settings;
  settings.server = dns.address();
  settings.least_wait = least_wait;
  const auto driver = run_at_home(open_mongodb(uri, settings));
  run(driver->close(std::chrono::steady_clock::now() + 2s));
}

boost::system::error_code refused(const DnsServer& dns, const std::string& uri, std::string& text) {
  return code_of([&] { connect(dns, uri); }, &text);
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("one host from DNS is connected to, and one question of each kind is asked") {
  FakeServer server([](Peer& peer, int) { peer.receive(); });
  std::string asked;
  DnsServer dns([&](const DnsQuery& query) -> Replies {
    asked += query.name + " " + std::to_string(query.type) + ";";
    if (query.type == txt) return {DnsReply(query).bytes()};
    return {DnsReply(query).srv("127.0.0.1", server.port()).bytes()};
  });
  connect(dns, uri_of());
  CHECK(dns.questions() == 2);
  CHECK(has(asked, "_mongodb._tcp.cluster.0.0.1 33;"));
  CHECK(has(asked, "cluster.0.0.1 16;"));
}

TEST_CASE("the service's name is the one of the URI") {
  FakeServer server([](Peer& peer, int) { peer.receive(); });
  std::string service;
  DnsServer dns([&](const DnsQuery& query) -> Replies {
    if (query.type == txt) return {DnsReply(query).code(3).bytes()};
    service = query.name;
    return {DnsReply(query).srv("127.0.0.1", server.port()).bytes()};
  });
  connect(dns, uri_of("&srvServiceName=documents"));
  CHECK(service == "_documents._tcp.cluster.0.0.1");
}

TEST_CASE("of several hosts the one that answers is found, and those of the TXT record's set are looked for") {
  FakeServer server([](Peer& peer, int) { peer.receive(); });
  std::string text;
  DnsServer dns([&](const DnsQuery& query) -> Replies {
    if (query.type == txt) return {DnsReply(query).txt({"replica", "Set=nobody"}).bytes()};
    return {DnsReply(query).srv("127.0.0.1", 1).srv("127.0.0.1", server.port()).bytes()};
  });
  CHECK(refused(dns, uri_of("&serverSelectionTimeoutMS=300"), text) == errc::unavailable);
  CHECK(has(text, "ReplicaSetNoPrimary"));  // the TXT record was heeded: the server is in no set of that name
  DnsServer plain([&](const DnsQuery& query) -> Replies {
    if (query.type == txt) return {DnsReply(query).code(3).bytes()};
    return {DnsReply(query).srv("127.0.0.1", 1).srv("127.0.0.1", server.port()).bytes()};
  });
  CHECK(refused(plain, uri_of("&serverSelectionTimeoutMS=300"), text) == errc::unavailable);
  CHECK(has(text, ":1 "));  // a lone server among several hosts is none of theirs, by the specification
}

TEST_CASE("names outside of the domain, other options and no names at all are refused") {
  std::string text;
  DnsServer elsewhere([](const DnsQuery& query) -> Replies {
    if (query.type == txt) return {DnsReply(query).bytes()};
    return {DnsReply(query).srv("127.0.0.1", 27017).srv("evil.example.org", 27017).bytes()};
  });
  CHECK(refused(elsewhere, uri_of(), text) == errc::invalid_query);
  CHECK(has(text, "evil.example.org"));
  DnsServer options([](const DnsQuery& query) -> Replies {
    if (query.type == txt) return {DnsReply(query).txt({"tls=false"}).bytes()};
    return {DnsReply(query).srv("127.0.0.1", 27017).bytes()};
  });
  CHECK(refused(options, uri_of(), text) == errc::invalid_query);
  CHECK(has(text, "authSource"));
  for (const int code : {3, 0}) {
    DnsServer nothing([code](const DnsQuery& query) -> Replies { return {DnsReply(query).code(code).bytes()}; });
    CHECK(refused(nothing, uri_of(), text) == errc::unavailable);
    CHECK(has(text, "_mongodb._tcp.cluster.0.0.1"));
  }
}

TEST_CASE("no answer ends at connectTimeoutMS, with the name and what to do") {
  std::string text;
  DnsServer silent([](const DnsQuery&) -> Replies { return {}; });
  const auto began = std::chrono::steady_clock::now();
  CHECK(refused(silent, uri_of("&connectTimeoutMS=150"), text) == errc::timeout);
  CHECK(std::chrono::steady_clock::now() - began < 1500ms);  // c-ares alone would ask again and again
  CHECK(has(text, "cluster.0.0.1"));
  CHECK(has(text, "DNS"));
}

TEST_CASE("a question that is cancelled, or whose loop goes, is given up at once") {
  DnsServer silent([](const DnsQuery&) -> Replies { return {}; });
  mongodb::SrvSettings settings;
  settings.server = silent.address();
  const Raced raced = cancel_soon(run_void(open_mongodb(uri_of(), settings)));
  CHECK(raced.code == errc::cancelled);
  CHECK_FALSE(raced.in_asios_words);
  CHECK(raced.seconds < 1);
  abandon_loop(run_void(open_mongodb(uri_of(), settings)), 20);
}

TEST_CASE("a truncated reply is asked for again by TCP") {
  FakeServer server([](Peer& peer, int) { peer.receive(); });
  std::string by;
  DnsServer dns([&](const DnsQuery& query) -> Replies {
    if (query.type == txt) return {DnsReply(query).bytes()};
    by += query.tcp ? "tcp " : "udp ";
    if (!query.tcp) return {DnsReply(query).truncated().bytes()};
    return {DnsReply(query).srv("127.0.0.1", server.port()).bytes()};
  });
  connect(dns, uri_of());
  CHECK(by == "udp tcp ");
}

TEST_CASE("replies to another question are no replies, and garbage is refused in words") {
  FakeServer server([](Peer& peer, int) { peer.receive(); });
  DnsServer spoofed([&](const DnsQuery& query) -> Replies {
    DnsReply right(query);
    if (query.type == srv) right.srv("127.0.0.1", server.port());
    auto wrong = DnsReply(query).srv("evil.0.0.1", 1).bytes();
    wrong[0] ^= 0x55;  // the number of some other question
    return {wrong, {}, {1, 2, 3}, right.bytes()};
  });
  connect(spoofed, uri_of());
  std::string text;
  DnsServer loop([](const DnsQuery& query) -> Replies {
    if (query.type == txt) return {DnsReply(query).bytes()};
    DnsReply reply(query);
    const auto here = static_cast<std::uint8_t>(reply.at() + 12 + 6);  // the target points at itself
    return {reply.raw_srv({0xc0, here}, 27017).bytes()};
  });
  CHECK(refused(loop, uri_of(), text) == errc::unavailable);
  CHECK(has(text, "_mongodb._tcp.cluster.0.0.1"));
  DnsServer cut([](const DnsQuery& query) -> Replies {
    if (query.type == txt) return {DnsReply(query).bytes()};
    auto bytes = DnsReply(query).srv("127.0.0.1", 27017).bytes();
    bytes.resize(bytes.size() - 4);
    return {bytes};
  });
  CHECK(refused(cut, uri_of(), text) == errc::unavailable);
  CHECK(has(text, "_mongodb._tcp.cluster.0.0.1"));
  DnsServer failing([](const DnsQuery& query) -> Replies { return {DnsReply(query).code(2).bytes()}; });
  CHECK(refused(failing, uri_of("&connectTimeoutMS=3000"), text) == errc::unavailable);
  CHECK(has(text, "DNS could not be asked"));
}

TEST_CASE("every prefix of a reply, and every byte of it changed, ends in records or in words") {
  DnsQuery query;
  query.bytes = {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 1, 'b', 0, 0, 33, 0, 1};
  const auto whole = DnsReply(query).srv("one.example.org", 27017, 77).srv("two.example.org", 27018, 55).bytes();
  const auto answer = mongodb::read_srv_reply(whole.data(), static_cast<int>(whole.size()), "a.b");
  REQUIRE(answer.records.size() == 2);
  CHECK(answer.records[1].target == "two.example.org");
  CHECK(answer.records[1].port == 27018);
  CHECK(answer.time_to_live == 55s);
  int refusals = 0;
  auto tried = [&](const std::vector<std::uint8_t>& bytes) {
    try {
      mongodb::read_srv_reply(bytes.data(), static_cast<int>(bytes.size()), "a.b");
      mongodb::read_txt_reply(bytes.data(), static_cast<int>(bytes.size()), "a.b");
    } catch (const error& e) {
      CHECK(e.code() == errc::unavailable);
      ++refusals;
    }
  };
  for (std::size_t length = 0; length < whole.size(); ++length)
    tried(std::vector<std::uint8_t>(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
  CHECK(refusals == static_cast<int>(whole.size()));
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const int change : {0x01, 0x80, 0xff, 0xc0}) {
      auto bytes = whole;
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ change);
      tried(bytes);
    }
}

TEST_CASE("strings of one TXT record belong together, those of two records do not") {
  DnsQuery query;
  query.bytes = {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 1, 'b', 0, 0, 16, 0, 1};
  const auto bytes = DnsReply(query).txt({"authSource=", "x&replicaSet=", "y"}).txt({"more"}).bytes();
  const auto texts = mongodb::read_txt_reply(bytes.data(), static_cast<int>(bytes.size()), "a.b");
  CHECK(texts == std::vector<std::string>{"authSource=x&replicaSet=y", "more"});
}
