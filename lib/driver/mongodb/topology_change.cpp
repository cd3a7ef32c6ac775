// Compares snapshots.
// Servers that come, go or stay are told apart by their address.
#include "driver/mongodb/topology_change.hpp"

namespace kinship::mongodb {

TopologyChange compare(const TopologyDescription& before, const TopologyDescription& after) {
  TopologyChange change;
  for (const ServerDescription& server : before.servers) {
    const ServerDescription* now = after.find(server.address);
    if (now == nullptr)
      change.closed.push_back(server.address);
    else if (!same_state(server, *now))
      change.servers.emplace_back(&server, now);
  }
  for (const ServerDescription& server : after.servers)
    if (before.find(server.address) == nullptr) change.opened.push_back(server.address);
  change.any = !change.servers.empty() || !change.opened.empty() || !change.closed.empty() || before.type != after.type ||
               before.set_name != after.set_name;
  return change;
}

}  // namespace kinship::mongodb
