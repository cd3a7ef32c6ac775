// What is different between two snapshots: whom to begin and cease to monitor, and what there is to report.
// Pure; pointers point into the snapshots compared.
#pragma once

#include <utility>
#include <vector>

#include "driver/mongodb/topology.hpp"

namespace kinship::mongodb {

struct TopologyChange {
  std::vector<std::pair<const ServerDescription*, const ServerDescription*>> servers{};  // before and after, by address
  std::vector<Address> opened{}, closed{};
  bool any{};  // of these, or of the topology's type or set
};

/// Round trips and last writes are no change: they are different with every heartbeat.
TopologyChange compare(const TopologyDescription& before, const TopologyDescription& after);

}  // namespace kinship::mongodb
