// What follows from the servers of a topology: compatibility, session timeout, order.
// Private to topology*.cpp.
#pragma once

#include "driver/mongodb/topology.hpp"

namespace kinship::mongodb {

/// Works out again what depends on all servers.
void derive(TopologyDescription& topology);

}  // namespace kinship::mongodb
