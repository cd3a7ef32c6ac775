// Sums of the pools, server by server.
// A connection that still receives what an operation gave up is in use: nobody else can have it.
#include "driver/mongodb/driver_stats.hpp"

#include "driver/mongodb/client.hpp"

namespace kinship::mongodb {
namespace {

PoolStats stats_of(const PoolStatistics& pool) {
  PoolStats out;
  out.in_use = pool.leased + pool.draining;
  out.idle = pool.idle;
  out.open = out.in_use + out.idle;
  out.opening = pool.dialing;
  out.waiting = pool.waiting;
  out.created = pool.opened;
  out.closed = pool.closed;
  return out;
}

void add(PoolStats& total, const PoolStats& one) {
  total.open += one.open;
  total.in_use += one.in_use;
  total.idle += one.idle;
  total.opening += one.opening;
  total.waiting += one.waiting;
  total.created += one.created;
  total.closed += one.closed;
}

}  // namespace

void add_stats(const Client& client, Stats& stats) {
  stats.retries += client.retries();
  const auto view = client.deployment()->view();
  stats.topology = type_name(view->topology.type);
  for (std::size_t i = 0; i < view->servers.size(); ++i) {
    const ServerDescription& description = view->topology.servers[i];
    ServerStats server;
    server.address = description.address.text();
    server.type = type_name(description.type);
    server.round_trip = description.round_trip.value_or(std::chrono::nanoseconds(0));
    server.pool = stats_of(view->servers[i]->pool->statistics());
    add(stats.pool, server.pool);
    if (description.type == ServerType::primary) stats.primary = server.address;
    stats.servers.push_back(std::move(server));
  }
}

}  // namespace kinship::mongodb
