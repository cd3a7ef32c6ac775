// The suite "SDAM Monitoring": which changes of servers and topologies are reported, and in which order.
// Events are made of the differences between snapshots, as whoever monitors makes them.
#include "driver/mongodb/topology_change.hpp"
#include "spec/files.hpp"
#include "spec/suites.hpp"

namespace kinship::spec {
namespace {

using namespace mongodb;

Json list(const std::vector<Address>& addresses) {
  Json out = Json::array();
  for (const Address& address : addresses) out.push_back(address.text());
  return out;
}

// Alphabetical fields, so that the order in which a test writes them does not count.
using Plain = nlohmann::json;

Plain of(const ServerDescription& server) {
  Json out{{"address", server.address.text()}, {"type", type_name(server.type)}};
  out["hosts"] = list(server.hosts);
  out["passives"] = list(server.passives);
  out["arbiters"] = list(server.arbiters);
  if (!server.set_name.empty()) out["setName"] = server.set_name;
  if (server.primary) out["primary"] = server.primary->text();
  return Plain::parse(out.dump());
}

Plain of(const TopologyDescription& topology) {
  Plain out{{"topologyType", type_name(topology.type)}, {"servers", Plain::array()}};
  if (!topology.set_name.empty()) out["setName"] = topology.set_name;
  for (const ServerDescription& server : topology.servers) out["servers"].push_back(of(server));
  return out;
}

// As a test writes them; a possible primary is an unknown server to us.
Plain expected_event(const Json& event) {
  std::string text = event.dump();
  for (auto at = text.find("PossiblePrimary"); at != std::string::npos; at = text.find("PossiblePrimary"))
    text.replace(at, 15, "Unknown");
  Plain out = Plain::parse(text);
  for (auto& [name, fields] : out.items()) fields.erase("topologyId");
  return out;
}

class Client {
 public:
  explicit Client(const std::string& uri) {
    const TopologyDescription first = initial_topology(parse_uri(uri));
    add("topology_opening_event", Plain::object());
    add("topology_description_changed_event",
        {{"previousDescription", of(TopologyDescription())}, {"newDescription", of(first)}});
    for (const Address& address : compare(TopologyDescription(), first).opened) add_server("server_opening_event", address);
    topology_ = first;
  }

  void respond(const Json& response) {
    const Address address = *parse_address(response[0].get<std::string>());
    TopologyDescription after = apply(topology_, read_hello(address, from_extended_json(response[1])));
    const TopologyChange change = compare(topology_, after);
    for (const auto& [old, now] : change.servers)
      add("server_description_changed_event",
          {{"address", now->address.text()}, {"previousDescription", of(*old)}, {"newDescription", of(*now)}});
    for (const Address& gone : change.closed) add_server("server_closed_event", gone);
    for (const Address& come : change.opened) add_server("server_opening_event", come);
    if (change.any)
      add("topology_description_changed_event", {{"previousDescription", of(topology_)}, {"newDescription", of(after)}});
    topology_ = std::move(after);
  }

  void check(const Json& wanted) {
    for (std::size_t i = 0; i < std::max(wanted.size(), events_.size()); ++i) {
      const std::string got = i < events_.size() ? events_[i].dump() : "nothing";
      const std::string should = i < wanted.size() ? expected_event(wanted[i]).dump() : "nothing";
      expect(got == should, "event " + std::to_string(i) + " is " + got + ", should be " + should);
    }
    events_.clear();
  }

 private:
  void add(const char* name, Plain fields) { events_.push_back(Plain{{name, std::move(fields)}}); }
  void add_server(const char* name, const Address& address) { add(name, {{"address", address.text()}}); }

  TopologyDescription topology_{};
  std::vector<Plain> events_{};
};

void run_file(const Json& file) {
  const std::string uri = file["uri"];
  if (uri.find("loadBalanced=true") != std::string::npos) throw Skip{"load balancers are refused"};
  Client client(uri);
  for (const Json& phase : file["phases"]) {
    for (const Json& response : member(phase, "responses")) client.respond(response);
    client.check(phase["outcome"]["events"]);
  }
}

}  // namespace

void sdam_monitoring(Report& report) {
  report.suite("sdam-monitoring");
  each_file("sdam_monitoring",
            [&](const std::string& name, const Json& file) { report.run(name, [&] { run_file(file); }); });
}

}  // namespace kinship::spec
