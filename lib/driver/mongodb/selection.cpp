// Server selection: filters over one snapshot, in the order the specification gives them.
// Staleness is an estimate from the servers' last writes and our last heartbeats.
#include "driver/mongodb/selection.hpp"

#include <algorithm>

#include "driver/mongodb/refuse.hpp"

namespace kinship::mongodb {
namespace {

using Servers = std::vector<const ServerDescription*>;
using std::chrono::nanoseconds;

Servers known(const TopologyDescription& topology, std::span<const Address> without) {
  Servers servers;
  for (const ServerDescription& server : topology.servers)
    if (server.type != ServerType::unknown && std::find(without.begin(), without.end(), server.address) == without.end())
      servers.push_back(&server);
  return servers;
}

Servers of_type(const Servers& servers, ServerType type) {
  Servers out;
  std::copy_if(servers.begin(), servers.end(), std::back_inserter(out),
               [&](const auto* server) { return server->type == type; });
  return out;
}

bool has_tags(const ServerDescription& server, const TagSet& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& tag) {
    return std::find(server.tags.begin(), server.tags.end(), tag) != server.tags.end();
  });
}

Servers with_tags(Servers servers, const std::vector<TagSet>& tag_sets) {
  if (tag_sets.empty()) return servers;
  for (const TagSet& tags : tag_sets) {
    Servers matching;
    for (const auto* server : servers)
      if (has_tags(*server, tags)) matching.push_back(server);
    if (!matching.empty()) return matching;
  }
  return {};
}

void check(const ReadSelector& selector, Milliseconds heartbeat_frequency) {
  const bool any_tags =
      std::any_of(selector.tag_sets.begin(), selector.tag_sets.end(), [](const auto& s) { return !s.empty(); });
  if (selector.mode == ReadPreference::primary && (any_tags || selector.max_staleness))
    refuse(errc::invalid_query, "the read preference primary takes neither tags nor maxStalenessSeconds; use another mode",
           "");
  if (!selector.max_staleness) return;
  using std::chrono::seconds;
  const auto least = std::max<Milliseconds>(seconds(90), heartbeat_frequency + seconds(10));
  if (*selector.max_staleness < least)
    refuse(errc::invalid_query,
           "maxStalenessSeconds=" + std::to_string(selector.max_staleness->count()) +
               " is less than can be told apart; use " + std::to_string(std::chrono::ceil<seconds>(least).count()) +
               " or more (90, and heartbeatFrequencyMS + 10 s)",
           "");
}

// Drops secondaries that may be too far behind the primary, or, without one, behind the newest secondary.
Servers fresh(const TopologyDescription& topology, Servers servers, const ReadSelector& selector,
              Milliseconds heartbeat_frequency) {
  if (!selector.max_staleness) return servers;
  const ServerDescription* primary = topology.primary();
  std::int64_t newest = INT64_MIN;
  for (const ServerDescription& server : topology.servers)
    if (server.type == ServerType::secondary) newest = std::max(newest, server.last_write.value_or(0));
  std::erase_if(servers, [&](const ServerDescription* server) {
    if (server->type != ServerType::secondary) return false;
    const std::int64_t last_write = server->last_write.value_or(0);
    nanoseconds behind = heartbeat_frequency;
    if (primary != nullptr)
      behind += (server->updated - primary->updated) + Milliseconds(primary->last_write.value_or(0) - last_write);
    else
      behind += Milliseconds(newest - last_write);
    return behind > *selector.max_staleness;
  });
  return servers;
}

Servers suitable_members(const TopologyDescription& topology, const ReadSelector& selector, Milliseconds heartbeat_frequency,
                         std::span<const Address> without) {
  const Servers servers = known(topology, without);
  const Servers primary = of_type(servers, ServerType::primary);
  const auto filtered = [&](Servers some) {
    return with_tags(fresh(topology, std::move(some), selector, heartbeat_frequency), selector.tag_sets);
  };
  if (selector.mode == ReadPreference::primary) return primary;
  if (selector.mode == ReadPreference::primary_preferred && !primary.empty()) return primary;
  Servers members = of_type(servers, ServerType::secondary);
  if (selector.mode == ReadPreference::nearest) members.insert(members.end(), primary.begin(), primary.end());
  Servers found = filtered(std::move(members));
  if (found.empty() && selector.mode == ReadPreference::secondary_preferred) return primary;
  return found;
}

// Of standalone servers, mongos and load balancers each is as good as another.
Servers others(const TopologyDescription& topology, std::span<const Address> deprioritized) {
  if (topology.type == TopologyType::unknown) return {};
  Servers found = known(topology, deprioritized);
  if (found.empty()) found = known(topology, {});
  return found;
}

}  // namespace

std::vector<const ServerDescription*> suitable_for_read(const TopologyDescription& topology, const ReadSelector& selector,
                                                        Milliseconds heartbeat_frequency,
                                                        std::span<const Address> deprioritized) {
  if (!topology.incompatible.empty()) return {};
  if (!topology.replica_set()) return others(topology, deprioritized);
  check(selector, heartbeat_frequency);
  Servers found = suitable_members(topology, selector, heartbeat_frequency, deprioritized);
  if (found.empty() && !deprioritized.empty()) found = suitable_members(topology, selector, heartbeat_frequency, {});
  return found;
}

std::vector<const ServerDescription*> suitable_for_write(const TopologyDescription& topology,
                                                         std::span<const Address> deprioritized) {
  if (!topology.incompatible.empty()) return {};
  if (!topology.replica_set()) return others(topology, deprioritized);
  return of_type(known(topology, {}), ServerType::primary);
}

std::vector<const ServerDescription*> within_latency_window(std::vector<const ServerDescription*> servers,
                                                            Milliseconds local_threshold) {
  constexpr nanoseconds unmeasured = nanoseconds::max() / 2;
  nanoseconds fastest = nanoseconds::max();
  for (const auto* server : servers) fastest = std::min(fastest, server->round_trip.value_or(unmeasured));
  std::erase_if(servers,
                [&](const auto* server) { return server->round_trip.value_or(unmeasured) - fastest > local_threshold; });
  return servers;
}

}  // namespace kinship::mongodb
