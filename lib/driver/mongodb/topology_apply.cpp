// The state machine of the specification "Server Discovery and Monitoring": one table of topology type x server type.
// Each step changes a copy of the snapshot; nothing else is remembered.
#include <algorithm>
#include <tuple>

#include "driver/mongodb/topology_derive.hpp"

namespace kinship::mongodb {
namespace {

ServerDescription* find(TopologyDescription& topology, const Address& address) {
  for (ServerDescription& server : topology.servers)
    if (server.address == address) return &server;
  return nullptr;
}

std::string set_of(const ServerDescription& server) {
  if (server.type == ServerType::mongos) return "a sharded cluster";
  return server.set_name.empty() ? "no replica set" : "the replica set " + server.set_name;
}

// Of another set, or of none.
void remove_stranger(TopologyDescription& topology, const ServerDescription& server) {
  topology.dropped = server.address.text() + " belongs to " + set_of(server);
  if (!topology.set_name.empty()) topology.dropped += ", and not to " + topology.set_name + ": check replicaSet in the URI";
  std::erase_if(topology.servers, [&](const ServerDescription& other) { return other.address == server.address; });
}

void remove(TopologyDescription& topology, const Address& address) {
  std::erase_if(topology.servers, [&](const ServerDescription& server) { return server.address == address; });
}

void check_if_has_primary(TopologyDescription& topology) {
  topology.type = topology.primary() ? TopologyType::replica_set_with_primary : TopologyType::replica_set_no_primary;
}

void add_hosts(TopologyDescription& topology, const ServerDescription& server) {
  for (const auto* list : {&server.hosts, &server.passives, &server.arbiters})
    for (const Address& address : *list)
      if (find(topology, address) == nullptr) topology.servers.push_back(unknown_server(address));
}

bool lists(const ServerDescription& server, const Address& address) {
  for (const auto* list : {&server.hosts, &server.passives, &server.arbiters})
    if (std::find(list->begin(), list->end(), address) != list->end()) return true;
  return false;
}

void mark_unknown(TopologyDescription& topology, const Address& address, std::string why) {
  ServerDescription* server = find(topology, address);
  if (server != nullptr) *server = unknown_server(address, std::move(why));
}

// Whether another primary was elected after this one; otherwise remembers this one's election. Until MongoDB 6.0 (wire
// version 17) setVersion counts before electionId, and only where both are given.
bool is_stale_primary(TopologyDescription& topology, const ServerDescription& server) {
  if (server.max_wire < 17) {
    if (server.set_version && server.election_id) {
      if (topology.max_set_version && topology.max_election_id &&
          std::tie(*server.set_version, *server.election_id) <
              std::tie(*topology.max_set_version, *topology.max_election_id))
        return true;
      topology.max_election_id = server.election_id;
    }
    if (server.set_version && server.set_version > topology.max_set_version) topology.max_set_version = server.set_version;
    return false;
  }
  // nullopt is less than any value
  if (std::tie(server.election_id, server.set_version) < std::tie(topology.max_election_id, topology.max_set_version))
    return true;
  topology.max_election_id = server.election_id;
  topology.max_set_version = server.set_version;
  return false;
}

void update_from_primary(TopologyDescription& topology, const ServerDescription& server) {
  if (topology.set_name.empty()) topology.set_name = server.set_name;
  if (topology.set_name != server.set_name) {
    remove_stranger(topology, server);
  } else if (is_stale_primary(topology, server)) {
    mark_unknown(topology, server.address,
                 "primary marked stale due to electionId/setVersion mismatch: another one was elected after it");
  } else {
    for (ServerDescription& other : topology.servers)
      if (other.type == ServerType::primary && other.address != server.address)
        other =
            unknown_server(other.address, "primary marked stale due to discovery of newer primary " + server.address.text());
    add_hosts(topology, server);
    std::erase_if(topology.servers, [&](const ServerDescription& other) { return !lists(server, other.address); });
  }
  check_if_has_primary(topology);
}

void update_from_member(TopologyDescription& topology, const ServerDescription& server) {
  const bool has_primary = topology.type == TopologyType::replica_set_with_primary;
  if (topology.set_name.empty()) topology.set_name = server.set_name;
  if (topology.set_name != server.set_name) {
    remove_stranger(topology, server);
  } else {
    if (!has_primary) add_hosts(topology, server);  // a primary's list counts more than a member's
    if (server.me && *server.me != server.address) remove(topology, server.address);
  }
  if (has_primary) check_if_has_primary(topology);
}

void update_replica_set(TopologyDescription& topology, const ServerDescription& server) {
  switch (server.type) {
    case ServerType::standalone:
    case ServerType::mongos:
      remove_stranger(topology, server);
      return check_if_has_primary(topology);
    case ServerType::primary:
      return update_from_primary(topology, server);
    case ServerType::secondary:
    case ServerType::arbiter:
    case ServerType::other:
      return update_from_member(topology, server);
    default:  // unknown, ghost: was it the primary?
      return check_if_has_primary(topology);
  }
}

void update_unknown(TopologyDescription& topology, const ServerDescription& server) {
  switch (server.type) {
    case ServerType::standalone:
      if (topology.seeds == 1)
        topology.type = TopologyType::single;
      else
        remove(topology, server.address);
      return;
    case ServerType::mongos:
      topology.type = TopologyType::sharded;
      return;
    case ServerType::primary:
    case ServerType::secondary:
    case ServerType::arbiter:
    case ServerType::other:
      topology.type = TopologyType::replica_set_no_primary;
      return update_replica_set(topology, server);
    default:
      return;
  }
}

}  // namespace

TopologyDescription apply(TopologyDescription topology, ServerDescription server) {
  ServerDescription* known = find(topology, server.address);
  if (known == nullptr || topology.type == TopologyType::load_balanced) return topology;
  if (is_stale(known->topology_version, server.topology_version, false)) return topology;
  if (topology.type == TopologyType::single && !topology.set_name.empty() && server.type != ServerType::unknown &&
      server.set_name != topology.set_name)
    server = unknown_server(server.address,
                            "it belongs to " +
                                (server.set_name.empty() ? "no replica set" : "the replica set " + server.set_name) +
                                ", and the URI asks for replicaSet=" + topology.set_name);
  *known = server;
  switch (topology.type) {
    case TopologyType::unknown:
      update_unknown(topology, server);
      break;
    case TopologyType::sharded:
      if (server.type != ServerType::mongos && server.type != ServerType::unknown) remove(topology, server.address);
      break;
    case TopologyType::replica_set_no_primary:
    case TopologyType::replica_set_with_primary:
      update_replica_set(topology, server);
      break;
    default:
      break;
  }
  derive(topology);
  return topology;
}

}  // namespace kinship::mongodb
