// Snapshots: the first one, what can be asked of them, and what is worked out again after each change.
// The state machine itself is in topology_apply.cpp.
#include "driver/mongodb/topology.hpp"

#include <algorithm>

#include "driver/mongodb/topology_derive.hpp"

namespace kinship::mongodb {
namespace {

std::string incompatibility(const ServerDescription& server) {
  if (server.type == ServerType::unknown) return "";
  const std::string who = "the server " + server.address.text() + " speaks wire versions " +
                          std::to_string(server.min_wire) + " to " + std::to_string(server.max_wire) + "; ";
  if (server.min_wire > max_wire_version)
    return who + "this version of Kinship speaks up to " + std::to_string(max_wire_version) + ": use a newer one";
  if (server.max_wire < min_wire_version)
    return who + "Kinship needs at least " + std::to_string(min_wire_version) + ", that is MongoDB 4.2: upgrade the server";
  return "";
}

}  // namespace

const char* type_name(TopologyType type) noexcept {
  constexpr const char* names[] = {"Unknown",     "Single", "Sharded", "ReplicaSetNoPrimary", "ReplicaSetWithPrimary",
                                   "LoadBalanced"};
  return names[static_cast<std::size_t>(type)];
}

const ServerDescription* TopologyDescription::find(const Address& address) const noexcept {
  for (const ServerDescription& server : servers)
    if (server.address == address) return &server;
  return nullptr;
}

const ServerDescription* TopologyDescription::primary() const noexcept {
  for (const ServerDescription& server : servers)
    if (server.type == ServerType::primary) return &server;
  return nullptr;
}

std::string TopologyDescription::text() const {
  std::string out = type_name(type);
  out += servers.empty() ? " without servers" : ":";
  if (servers.empty() && !dropped.empty()) out += ": " + dropped;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const ServerDescription& server = servers[i];
    out += (i ? ", " : " ") + server.address.text() + " " + type_name(server.type);
    if (!server.error.empty()) out += " (" + server.error + ")";
  }
  return out;
}

void derive(TopologyDescription& topology) {
  topology.incompatible.clear();
  topology.logical_session_timeout_minutes.reset();
  std::sort(topology.servers.begin(), topology.servers.end(),
            [](const auto& a, const auto& b) { return a.address < b.address; });
  bool all_have_sessions = true;
  for (const ServerDescription& server : topology.servers) {
    if (topology.incompatible.empty()) topology.incompatible = incompatibility(server);
    if (!server.data_bearing()) continue;
    const auto minutes = server.logical_session_timeout_minutes;
    all_have_sessions = all_have_sessions && minutes;
    if (minutes)
      topology.logical_session_timeout_minutes =
          std::min(*minutes, topology.logical_session_timeout_minutes.value_or(*minutes));
  }
  if (!all_have_sessions) topology.logical_session_timeout_minutes.reset();
}

TopologyDescription initial_topology(const MongoUri& uri) {
  TopologyDescription topology;
  topology.set_name = uri.options.replica_set.value_or("");
  topology.seeds = uri.hosts.size();
  if (uri.options.load_balanced.value_or(false))
    topology.type = TopologyType::load_balanced;
  else if (uri.options.direct_connection.value_or(false))
    topology.type = TopologyType::single;
  else if (!topology.set_name.empty())
    topology.type = TopologyType::replica_set_no_primary;
  for (const Address& host : uri.hosts) {
    if (topology.find(host) != nullptr) continue;
    topology.servers.push_back(unknown_server(host));
    if (topology.type == TopologyType::load_balanced) {  // it is never asked
      topology.servers.back().type = ServerType::load_balancer;
      topology.servers.back().max_wire = max_wire_version;
    }
  }
  derive(topology);
  if (topology.type == TopologyType::load_balanced) topology.logical_session_timeout_minutes.reset();
  return topology;
}

TopologyDescription apply_seeds(TopologyDescription topology, std::vector<Address> hosts, std::size_t max_hosts) {
  if (topology.type != TopologyType::unknown && topology.type != TopologyType::sharded) return topology;
  if (hosts.empty()) return topology;
  std::erase_if(topology.servers, [&](const ServerDescription& server) {
    return std::find(hosts.begin(), hosts.end(), server.address) == hosts.end();
  });
  for (Address& host : hosts) {
    if (max_hosts != 0 && topology.servers.size() >= max_hosts) break;
    if (topology.find(host) == nullptr) topology.servers.push_back(unknown_server(std::move(host)));
  }
  derive(topology);
  return topology;
}

bool is_stale(const std::optional<TopologyVersion>& current, const std::optional<TopologyVersion>& candidate,
              bool or_equal) noexcept {
  if (!current || !candidate || current->process != candidate->process) return false;
  return or_equal ? candidate->counter <= current->counter : candidate->counter < current->counter;
}

}  // namespace kinship::mongodb
