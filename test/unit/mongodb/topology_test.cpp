// Topologies beside what the specification's suite asks: snapshots stay as they are, texts, seeds that change, late errors.
#include <doctest/doctest.h>

#include "driver/mongodb/topology_error.hpp"
#include "support/bson.hpp"

namespace kinship::mongodb {
namespace {

using test::array;
using test::doc;

TopologyDescription topology(const char* uri) { return initial_topology(parse_uri(uri)); }
Address at(const char* text) { return *parse_address(text); }

bson::Document version(int process, int counter) {
  ObjectId::Bytes bytes{};
  bytes[11] = static_cast<std::uint8_t>(process);
  return doc("processId", ObjectId(bytes), "counter", std::int64_t{counter});
}
ServerDescription primary(const char* address, int counter = 1) {
  return read_hello(at(address),
                    doc("ok", 1, "setName", "rs", "isWritablePrimary", true, "hosts", array("a", "b"), "maxWireVersion", 21,
                        "logicalSessionTimeoutMinutes", 30, "topologyVersion", version(1, counter)));
}
ServerDescription secondary(const char* address) {
  return read_hello(at(address), doc("ok", 1, "setName", "rs", "secondary", true, "hosts", array("a", "b"), "maxWireVersion",
                                     21, "logicalSessionTimeoutMinutes", 20));
}

TEST_CASE("a snapshot stays as it is when news come") {
  const TopologyDescription before = topology("mongodb://a/?replicaSet=rs");
  const TopologyDescription after = apply(before, primary("a"));
  CHECK(before.type == TopologyType::replica_set_no_primary);
  CHECK(before.servers.size() == 1);
  CHECK(after.type == TopologyType::replica_set_with_primary);
  CHECK(after.servers.size() == 2);
  REQUIRE(after.primary());
  CHECK(after.primary()->address == at("a"));
  CHECK(after.find(at("b"))->type == ServerType::unknown);
  CHECK(after.find(at("z")) == nullptr);
}

TEST_CASE("the session timeout is the least of those that carry data") {
  TopologyDescription set = apply(topology("mongodb://a/?replicaSet=rs"), primary("a"));
  CHECK(set.logical_session_timeout_minutes == 30);
  set = apply(set, secondary("b"));
  CHECK(set.logical_session_timeout_minutes == 20);
  set = apply(set, unknown_server(at("b")));
  CHECK(set.logical_session_timeout_minutes == 30);
}

TEST_CASE("servers that are not asked about, and old news, change nothing") {
  TopologyDescription set = apply(topology("mongodb://a/?replicaSet=rs"), primary("a", 5));
  CHECK(apply(set, primary("z")).servers.size() == 2);
  CHECK(apply(set, unknown_server(at("a"), "late", TopologyVersion{set.primary()->topology_version->process, 4})).primary());
  CHECK_FALSE(apply(set, unknown_server(at("a"), "lost")).primary());
  const auto current = set.primary()->topology_version;
  const auto later = TopologyVersion{current->process, 6};
  CHECK(is_stale(current, current, true));
  CHECK_FALSE(is_stale(current, current, false));
  CHECK_FALSE(is_stale(current, later, true));
  CHECK_FALSE(is_stale(current, TopologyVersion{ObjectId(), 1}, true));
  CHECK_FALSE(is_stale(current, std::nullopt, true));
}

TEST_CASE("the text names each server with its state and reason") {
  TopologyDescription set = topology("mongodb://a,b/?replicaSet=rs");
  set = apply(set, unknown_server(at("b"), "connection refused"));
  CHECK(set.text() == "ReplicaSetNoPrimary: a:27017 Unknown, b:27017 Unknown (connection refused)");
}

TEST_CASE("servers of other times are named with what to do") {
  TopologyDescription one = topology("mongodb://a");
  one = apply(one, read_hello(at("a"), doc("ok", 1, "minWireVersion", 0, "maxWireVersion", 7)));
  CHECK(one.incompatible.find("upgrade the server") != std::string::npos);
  one = apply(one, read_hello(at("a"), doc("ok", 1, "minWireVersion", 900, "maxWireVersion", 901)));
  CHECK(one.incompatible.find("use a newer one") != std::string::npos);
  CHECK(apply(one, read_hello(at("a"), doc("ok", 1, "maxWireVersion", 8))).incompatible.empty());
}

TEST_CASE("a direct connection to another set is refused in words") {
  const TopologyDescription one = apply(topology("mongodb://a/?directConnection=true&replicaSet=other"), primary("a"));
  CHECK(one.servers[0].type == ServerType::unknown);
  CHECK(one.servers[0].error.find("replicaSet=other") != std::string::npos);
}

TEST_CASE("hosts given twice are one server") { CHECK(topology("mongodb://a,A:27017,b").servers.size() == 2); }

TEST_CASE("the hosts of a mongodb+srv name may change, in sharded and unknown topologies") {
  const TopologyDescription before = topology("mongodb://a,b");
  const TopologyDescription after = apply_seeds(before, {at("b"), at("c"), at("d")});
  CHECK(after.find(at("a")) == nullptr);
  CHECK(after.servers.size() == 3);
  CHECK(apply_seeds(before, {at("b"), at("c"), at("d")}, 2).servers.size() == 2);
  CHECK(apply_seeds(before, {at("b"), at("c"), at("d")}, 2).find(at("b")) != nullptr);
  CHECK(apply_seeds(before, {}).servers.size() == 2);
  CHECK(apply_seeds(topology("mongodb://a/?replicaSet=rs"), {at("c")}).find(at("a")) != nullptr);
}

TEST_CASE("errors: which mark the server unknown, which clear the pool") {
  using Kind = OperationFailure::Kind;
  const TopologyDescription set = apply(topology("mongodb://a/?replicaSet=rs"), primary("a", 5));
  OperationFailure failure;
  failure.address = at("a");
  failure.generation = 3;
  const auto judged = [&](Kind kind, bool handshake_done) {
    failure.kind = kind;
    failure.handshake_done = handshake_done;
    return judge(set, 3, failure);
  };
  CHECK(judged(Kind::network, true).mark_unknown);
  CHECK(judged(Kind::network, true).clear_pool);
  CHECK_FALSE(judged(Kind::timeout, true).mark_unknown);
  CHECK(judged(Kind::timeout, false).clear_pool);
  const bson::Document login = doc("ok", 0, "code", 18, "errmsg", "no");
  failure.reply = login.view();
  CHECK(judged(Kind::reply, false).clear_pool);
  CHECK_FALSE(judged(Kind::reply, true).mark_unknown);
  failure.overloaded = true;
  CHECK_FALSE(judged(Kind::network, false).mark_unknown);
  failure.overloaded = false;
  failure.generation = 2;
  CHECK_FALSE(judged(Kind::network, true).mark_unknown);
  failure.generation = 3;
  failure.address = at("z");
  CHECK_FALSE(judged(Kind::network, true).mark_unknown);
}

TEST_CASE("a server that is no primary any more is asked again at once, with the version it told") {
  const TopologyDescription set = apply(topology("mongodb://a/?replicaSet=rs"), primary("a", 5));
  OperationFailure failure;
  failure.address = at("a");
  failure.kind = OperationFailure::Kind::reply;
  const auto judged = [&](int code, int counter) {
    const bson::Document reply =
        doc("ok", 0, "code", code, "errmsg", "stepped down", "topologyVersion", version(1, counter));
    failure.reply = reply.view();
    return judge(set, 0, failure);
  };
  const Verdict stepped_down = judged(189, 6);
  CHECK(stepped_down.mark_unknown);
  CHECK(stepped_down.check_now);
  CHECK_FALSE(stepped_down.clear_pool);
  CHECK(stepped_down.text == "stepped down");
  REQUIRE(stepped_down.topology_version);
  CHECK(stepped_down.topology_version->counter == 6);
  CHECK(judged(91, 6).clear_pool);
  CHECK_FALSE(judged(189, 5).mark_unknown);
  CHECK_FALSE(judged(11000, 6).mark_unknown);
}

}  // namespace
}  // namespace kinship::mongodb
