// Which servers may take an operation, by the specification "Server Selection": mode, tags, staleness, latency window, load.
// Pure: whoever finds none waits for the next snapshot and asks again.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "driver/mongodb/topology.hpp"

namespace kinship::mongodb {

struct ReadSelector {
  ReadPreference mode{ReadPreference::primary};
  std::vector<TagSet> tag_sets{};                       // the first that matches a server counts; none: any server
  std::optional<std::chrono::seconds> max_staleness{};  // of secondaries
};

/// Pointers into `topology`. `deprioritized` are taken only where no other is suitable (a retry avoids the server it failed
/// on). Throws `invalid_query` where the selector contradicts itself, or asks for less staleness than can be told apart.
std::vector<const ServerDescription*> suitable_for_read(const TopologyDescription& topology, const ReadSelector& selector,
                                                        Milliseconds heartbeat_frequency,
                                                        std::span<const Address> deprioritized = {});
std::vector<const ServerDescription*> suitable_for_write(const TopologyDescription& topology,
                                                         std::span<const Address> deprioritized = {});

/// Those whose average round trip is at most `local_threshold` above the fastest one's. Unmeasured ones count as slowest.
std::vector<const ServerDescription*> within_latency_window(std::vector<const ServerDescription*> servers,
                                                            Milliseconds local_threshold);

/// Of two random ones that with fewer operations under way; null if there is none. `operations(server)` counts them,
/// `random(n)` gives a number below n.
template <class Operations, class Random>
const ServerDescription* choose(const std::vector<const ServerDescription*>& servers, Operations operations, Random random) {
  if (servers.empty()) return nullptr;
  if (servers.size() == 1) return servers[0];
  const std::size_t one = random(servers.size());
  std::size_t other = random(servers.size() - 1);
  if (other >= one) ++other;
  return operations(*servers[one]) <= operations(*servers[other]) ? servers[one] : servers[other];
}

}  // namespace kinship::mongodb
