// SRV records beside what the specification's suite asks: its prose tests, names that come later, service and random choice.
#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "driver/mongodb/srv.hpp"
#include "driver/mongodb/topology_change.hpp"

namespace kinship::mongodb {
namespace {

std::size_t last(std::size_t below) { return below - 1; }

MongoUri resolved(const std::string& uri, const std::vector<SrvRecord>& records,
                  const std::vector<std::string>& texts = {}) {
  return apply_srv(parse_uri(uri), records, texts, last);
}

std::string failure(const std::string& uri, const std::vector<SrvRecord>& records,
                    const std::vector<std::string>& texts = {}) {
  try {
    resolved(uri, records, texts);
  } catch (const error& e) {
    return e.what();
  }
  return "";
}

TEST_CASE("what is asked for") {
  CHECK(srv_query(parse_uri("mongodb+srv://Cluster.Example.com./")) == "_mongodb._tcp.cluster.example.com");
  CHECK(srv_query(parse_uri("mongodb+srv://a.b.c/?srvServiceName=other")) == "_other._tcp.a.b.c");
}

TEST_CASE("servers take the place of the name, which stays for messages and later look-ups") {
  const MongoUri uri =
      resolved("mongodb+srv://user:secret@c.example.com/db", {{"One.example.com.", 1}, {"two.example.com", 2}});
  CHECK(uri.hosts == std::vector<Address>{{"one.example.com", 1}, {"two.example.com", 2}});
  CHECK(uri.text() == "mongodb+srv://c.example.com/db");
  CHECK(uri.tls());
}

TEST_CASE("names with fewer than three parts are allowed, their servers must be below them") {
  CHECK(resolved("mongodb+srv://mongo.local", {{"a.mongo.local", 1}}).hosts.size() == 1);
  CHECK(resolved("mongodb+srv://localhost", {{"a.localhost", 1}}).hosts.size() == 1);
  const std::pair<const char*, const char*> wrong[] = {{"localhost", "localhost.mongodb"},
                                                       {"blogs.mongodb.com", "blogs.evil.com"},
                                                       {"mongo.local", "test_1.evil.local"},
                                                       {"localhost", "localhost"},
                                                       {"mongo.local", "mongo.local"},
                                                       {"localhost", "test_1.cluster_1localhost"},
                                                       {"mongo.local", "test_1.my_hostmongo.local"},
                                                       {"blogs.mongodb.com", "cluster.testmongodb.com"}};
  for (const auto& [name, target] : wrong) {
    CAPTURE(name);
    CAPTURE(target);
    CHECK(failure(std::string("mongodb+srv://") + name, {{target, 1}}).find("not below") != std::string::npos);
  }
}

TEST_CASE("no records are told with what was asked for") {
  try {
    resolved("mongodb+srv://c.example.com", {});
    FAIL_CHECK("accepted");
  } catch (const error& e) {
    CHECK(e.code() == errc::unavailable);
    CHECK(std::string(e.what()).find("_mongodb._tcp.c.example.com") != std::string::npos);
  }
}

TEST_CASE("a TXT record adds what the URI does not say, and nothing else") {
  const std::vector<SrvRecord> one{{"a.example.com", 1}};
  const MongoUri uri = resolved("mongodb+srv://c.example.com/?replicaSet=mine", one, {"replicaSet=theirs&authSource=db"});
  CHECK(uri.options.replica_set == "mine");
  CHECK(uri.options.auth_source == "db");
  CHECK(failure("mongodb+srv://c.example.com", one, {"retryWrites=false"}).find("nothing else") != std::string::npos);
  CHECK(failure("mongodb+srv://c.example.com", one, {"authSource=a&tls=false"}).find("nothing else") != std::string::npos);
  CHECK(failure("mongodb+srv://c.example.com", one, {"loadBalanced=maybe"}).find("nothing else") != std::string::npos);
  CHECK(failure("mongodb+srv://c.example.com", one, {"a=b", "c=d"}).find("more than one") != std::string::npos);
  CHECK_FALSE(failure("mongodb+srv://c.example.com", one, {"authSource"}).empty());
  CHECK_FALSE(failure("mongodb+srv://c.example.com", one, {""}).empty());
}

TEST_CASE("of many servers as many as asked for are chosen, each once") {
  const std::vector<SrvRecord> many{{"a.example.com", 1}, {"b.example.com", 1}, {"d.example.com", 1}};
  const auto hosts = resolved("mongodb+srv://c.example.com/?srvMaxHosts=2", many).hosts;
  CHECK(hosts == std::vector<Address>{{"d.example.com", 1}, {"a.example.com", 1}});
}

TEST_CASE("later, names outside of the domain are left out with a warning") {
  std::vector<std::string> warnings;
  const auto servers =
      allowed_servers(parse_uri("mongodb+srv://c.example.com"), {{"a.example.com", 1}, {"evil.com", 1}}, warnings);
  CHECK(servers == std::vector<Address>{{"a.example.com", 1}});
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find("evil.com") != std::string::npos);
  CHECK(srv_rescan(std::chrono::seconds(5)) == std::chrono::seconds(60));
  CHECK(srv_rescan(std::chrono::seconds(500)) == std::chrono::seconds(500));
}

TEST_CASE("changes between snapshots: who came, who went, who is different") {
  const TopologyDescription before = initial_topology(parse_uri("mongodb://a,b"));
  TopologyDescription after = initial_topology(parse_uri("mongodb://b,c"));
  const TopologyChange moved = compare(before, after);
  CHECK(moved.any);
  CHECK(moved.closed == std::vector<Address>{{"a", 27017}});
  CHECK(moved.opened == std::vector<Address>{{"c", 27017}});
  CHECK(moved.servers.empty());
  CHECK_FALSE(compare(before, before).any);
  after = before;
  after.servers[0].round_trip = std::chrono::milliseconds(5);
  CHECK_FALSE(compare(before, after).any);
  after.servers[0].error = "refused";
  const TopologyChange failed = compare(before, after);
  REQUIRE(failed.servers.size() == 1);
  CHECK(failed.servers[0].second->error == "refused");
  CHECK(failed.servers[0].first->error.empty());
}

}  // namespace
}  // namespace kinship::mongodb
