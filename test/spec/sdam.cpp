// The suite "Server Discovery and Monitoring": replies and application errors in phases, and the topology after each.
// Pools are counters here: what counts is when the driver would clear them.
#include <map>

#include "driver/mongodb/topology_error.hpp"
#include "spec/files.hpp"
#include "spec/suites.hpp"

namespace kinship::spec {
namespace {

using namespace mongodb;

class Client {
 public:
  explicit Client(const std::string& uri) : topology_(initial_topology(parse_uri(uri))) {}

  void respond(const Json& response) {
    const Address address = *parse_address(response[0].get<std::string>());
    topology_ = apply(topology_, read_hello(address, from_extended_json(response[1])));
  }

  void fail(const Json& given) {
    using Kind = OperationFailure::Kind;
    OperationFailure failure;
    failure.address = *parse_address(given["address"].get<std::string>());
    const std::string type = given["type"];
    failure.kind = type == "command" ? Kind::reply : type == "timeout" ? Kind::timeout : Kind::network;
    failure.handshake_done = given["when"] == "afterHandshakeCompletes";
    failure.generation = given.value("generation", generations_[failure.address]);
    failure.overloaded = !failure.handshake_done && failure.kind != Kind::reply;  // the pool's label
    failure.text = "an error of the test";
    bson::Document reply;
    if (given.contains("response")) reply = from_extended_json(given["response"]);
    failure.reply = reply.view();
    const Verdict verdict = judge(topology_, generations_[failure.address], failure);
    if (verdict.mark_unknown)
      topology_ = apply(topology_, unknown_server(failure.address, verdict.text, verdict.topology_version));
    if (verdict.clear_pool) ++generations_[failure.address];
  }

  void check(const Json& outcome) {
    expect(topology_.servers.size() == outcome["servers"].size(), "has " + topology_.text());
    for (const auto& [name, expected] : outcome["servers"].items()) {
      const ServerDescription* server = topology_.find(*parse_address(name));
      expect(server != nullptr, name + " is missing in " + topology_.text());
      check_server(*server, expected);
    }
    expect(type_name(topology_.type) == outcome["topologyType"].get<std::string>(), "topology is " + topology_.text());
    expect(topology_.set_name == (outcome["setName"].is_null() ? "" : outcome["setName"].get<std::string>()), "setName");
    expect(topology_.incompatible.empty() == outcome.value("compatible", true), "compatible: " + topology_.incompatible);
    same(member(outcome, "logicalSessionTimeoutMinutes"), topology_.logical_session_timeout_minutes, "session timeout");
    same(member(outcome, "maxSetVersion"), topology_.max_set_version, "maxSetVersion");
    same_id(member(outcome, "maxElectionId"), topology_.max_election_id, "maxElectionId");
  }

 private:
  template <class T>
  static void same(const Json& expected, const std::optional<T>& got, const std::string& what) {
    expect(expected.is_null() ? !got : got && *got == expected.get<T>(),
           what + " is " + (got ? std::to_string(*got) : "none"));
  }
  static void same_id(const Json& expected, const std::optional<ObjectId>& got, const std::string& what) {
    expect(expected.is_null() ? !got : got && expected["$oid"] == got->to_string(),
           what + " is " + (got ? got->to_string() : "none"));
  }

  void check_server(const ServerDescription& server, const Json& expected) {
    const std::string who = server.address.text() + ": ";
    const std::string type = expected["type"] == "PossiblePrimary" ? "Unknown" : expected["type"].get<std::string>();
    expect(type_name(server.type) == type, who + "is " + type_name(server.type) + " (" + server.error + ")");
    expect(server.set_name == (member(expected, "setName").is_null() ? "" : expected["setName"].get<std::string>()),
           who + "setName");
    same(member(expected, "setVersion"), server.set_version, who + "setVersion");
    same_id(member(expected, "electionId"), server.election_id, who + "electionId");
    if (expected.contains("topologyVersion")) {
      const Json& version = expected["topologyVersion"];
      const auto wanted =
          version.is_null() ? std::nullopt : read_topology_version(bson::ValueView(Value(from_extended_json(version))));
      expect(server.topology_version == wanted, who + "topologyVersion");
    }
    if (const Json& minutes = member(expected, "logicalSessionTimeoutMinutes"); !minutes.is_null())
      same(minutes, server.logical_session_timeout_minutes, who + "session timeout");
    if (const Json& error = member(expected, "error"); !error.is_null())
      expect(server.error.find(error.get<std::string>()) != std::string::npos, who + "error is " + server.error);
    if (expected.contains("pool"))
      expect(generations_[server.address] == expected["pool"]["generation"].get<std::uint64_t>(),
             who + "generation is " + std::to_string(generations_[server.address]));
  }

  TopologyDescription topology_;
  std::map<Address, std::uint64_t> generations_{};
};

void run_file(const Json& file) {
  Client client(file["uri"]);
  int number = 0;
  for (const Json& phase : file["phases"]) {
    try {
      for (const Json& response : member(phase, "responses")) client.respond(response);
      for (const Json& failure : member(phase, "applicationErrors")) client.fail(failure);
      client.check(phase["outcome"]);
    } catch (const std::exception& e) {
      throw std::runtime_error("phase " + std::to_string(number) + ": " + e.what());
    }
    ++number;
  }
}

}  // namespace

void sdam(Report& report) {
  for (const char* folder : {"errors", "load-balanced", "rs", "sharded", "single"}) {
    report.suite(std::string("server-discovery-and-monitoring/") + folder);
    each_file(std::string("discovery_and_monitoring/") + folder,
              [&](const std::string& name, const Json& file) { report.run(name, [&] { run_file(file); }); });
  }
}

}  // namespace kinship::spec
