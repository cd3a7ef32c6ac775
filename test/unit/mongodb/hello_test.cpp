// Hello replies: types, limits and hostile content, beside what the specification's suite asks; and round trip times.
#include <doctest/doctest.h>

#include "driver/mongodb/hello.hpp"
#include "driver/mongodb/rtt.hpp"
#include "support/bson.hpp"

namespace kinship::mongodb {
namespace {

using test::array;
using test::doc;

const Address here{"a", 27017};

template <class... Fields>
ServerDescription hello(const Fields&... fields) {
  return read_hello(here, doc("ok", 1, fields...));
}

TEST_CASE("types follow from the combination of fields") {
  CHECK(hello().type == ServerType::standalone);
  CHECK(hello("msg", "isdbgrid").type == ServerType::mongos);
  CHECK(hello("isreplicaset", true).type == ServerType::ghost);
  CHECK(hello("setName", "rs", "isWritablePrimary", true).type == ServerType::primary);
  CHECK(hello("setName", "rs", "ismaster", true).type == ServerType::primary);
  CHECK(hello("setName", "rs", "secondary", true).type == ServerType::secondary);
  CHECK(hello("setName", "rs", "secondary", true, "hidden", true).type == ServerType::other);
  CHECK(hello("setName", "rs", "arbiterOnly", true).type == ServerType::arbiter);
  CHECK(hello("setName", "rs").type == ServerType::other);
  CHECK(read_hello(here, doc("ok", 0, "errmsg", "no")).type == ServerType::unknown);
  CHECK(read_hello(here, doc("ok", 0, "errmsg", "no")).error.find("no") != std::string::npos);
}

TEST_CASE("what carries data, what can be written to") {
  const auto of = [](ServerType type) {
    ServerDescription server;
    server.type = type;
    return server;
  };
  for (const auto type : {ServerType::primary, ServerType::mongos, ServerType::standalone, ServerType::load_balancer})
    CHECK(of(type).writable());
  for (const auto type : {ServerType::unknown, ServerType::arbiter, ServerType::other, ServerType::ghost})
    CHECK_FALSE(of(type).data_bearing());
  CHECK(of(ServerType::secondary).data_bearing());
  CHECK_FALSE(of(ServerType::secondary).writable());
  CHECK(of(ServerType::arbiter).in_replica_set());
  CHECK_FALSE(of(ServerType::mongos).in_replica_set());
}

TEST_CASE("fields are read, addresses normalised") {
  const ServerDescription server =
      hello("setName", "rs", "secondary", true, "hosts", array("A:1", "b"), "passives", array("c:3"), "arbiters",
            array("[::1]:4"), "me", "A:1", "primary", "B", "setVersion", 4, "minWireVersion", 0, "maxWireVersion", 21,
            "tags", doc("dc", "ny"), "logicalSessionTimeoutMinutes", 30, "maxBsonObjectSize", 1000, "maxMessageSizeBytes",
            2000.0, "maxWriteBatchSize", std::int64_t{3000}, "compression", array("zlib"), "saslSupportedMechs",
            array("SCRAM-SHA-256"), "helloOk", true, "connectionId", 7);
  CHECK(server.hosts == std::vector<Address>{{"a", 1}, {"b", 27017}});
  CHECK(server.passives == std::vector<Address>{{"c", 3}});
  CHECK(server.arbiters == std::vector<Address>{{"::1", 4}});
  CHECK(server.me == Address{"a", 1});
  CHECK(server.primary == Address{"b", 27017});
  CHECK(server.set_version == 4);
  CHECK(server.max_wire == 21);
  CHECK(server.tags == TagSet{{"dc", "ny"}});
  CHECK(server.logical_session_timeout_minutes == 30);
  CHECK(server.max_document == 1000);
  CHECK(server.max_message == 2000);
  CHECK(server.max_write_batch == 3000);
  CHECK(server.compression == std::vector<std::string>{"zlib"});
  CHECK(server.sasl_mechanisms == std::vector<std::string>{"SCRAM-SHA-256"});
  CHECK(server.hello_ok);
  CHECK(server.connection_id == 7);
}

TEST_CASE("values of another type are taken as missing") {
  const ServerDescription server =
      hello("setName", 5, "hosts", "a", "me", 1, "tags", "x", "setVersion", "2", "electionId", "e", "topologyVersion", 1,
            "maxBsonObjectSize", -1, "maxMessageSizeBytes", 1e300, "lastWrite", 4, "maxWireVersion", std::int64_t{1} << 40);
  CHECK(server.type == ServerType::standalone);
  CHECK(server.hosts.empty());
  CHECK_FALSE(server.me);
  CHECK(server.tags.empty());
  CHECK_FALSE(server.set_version);
  CHECK_FALSE(server.election_id);
  CHECK_FALSE(server.topology_version);
  CHECK(server.max_document == 16 * 1024 * 1024);
  CHECK(server.max_message == 48'000'000);
  CHECK_FALSE(server.last_write);
  CHECK(server.max_wire == 0);
  CHECK(hello("setName", "rs", "hosts", array(1, "a:x", "b:2")).hosts == std::vector<Address>{{"b", 2}});
}

TEST_CASE("two descriptions are the same whatever the order of tags, the round trip and the last write") {
  ServerDescription a = hello("setName", "rs", "tags", doc("x", "1", "y", "2"));
  ServerDescription b = hello("setName", "rs", "tags", doc("y", "2", "x", "1"));
  b.round_trip = std::chrono::milliseconds(5);
  b.last_write = 7;
  CHECK(same_state(a, b));
  b.set_version = 2;
  CHECK_FALSE(same_state(a, b));
  CHECK_FALSE(same_state(a, unknown_server(here)));
}

TEST_CASE("round trips: a weighted average, and the least of the last ten") {
  using std::chrono::milliseconds;
  RoundTripTime rtt;
  CHECK_FALSE(rtt.average());
  CHECK(rtt.minimum().count() == 0);
  rtt.add(milliseconds(100));
  CHECK(rtt.average() == milliseconds(100));
  CHECK(rtt.minimum().count() == 0);
  rtt.add(milliseconds(50));
  CHECK(rtt.average() == milliseconds(90));
  CHECK(rtt.minimum() == milliseconds(50));
  for (int i = 0; i < 9; ++i) rtt.add(milliseconds(70));
  CHECK(rtt.minimum() == milliseconds(50));
  rtt.add(milliseconds(80));
  CHECK(rtt.minimum() == milliseconds(70));
  rtt.add(milliseconds(-5));
  CHECK(rtt.minimum().count() == 0);
  rtt.reset();
  CHECK_FALSE(rtt.average());
}

}  // namespace
}  // namespace kinship::mongodb
