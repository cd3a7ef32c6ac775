// The suites "Server Selection" (logic, latency window, round trip times) and "Max Staleness".
// Topologies come as JSON; which servers are suitable, and which are near enough, is compared by address.
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "driver/mongodb/rtt.hpp"
#include "driver/mongodb/selection.hpp"
#include "spec/files.hpp"
#include "spec/suites.hpp"

#include <kinship/error.hpp>

namespace kinship::spec {
namespace {

using namespace mongodb;

template <class Enum>
Enum by_name(const std::string& name, int count, Enum otherwise) {
  for (int i = 0; i < count; ++i)
    if (name == type_name(static_cast<Enum>(i))) return static_cast<Enum>(i);
  return otherwise;
}

TagSet tags_of(const Json& json) {
  TagSet tags;
  for (const auto& [name, value] : json.items()) tags.emplace_back(name, value.get<std::string>());
  return tags;
}

std::int64_t whole(const Json& json) {
  return json.is_object() ? std::stoll(json["$numberLong"].get<std::string>()) : json.get<std::int64_t>();
}

TopologyDescription topology_of(const Json& json) {
  TopologyDescription topology;
  topology.type = by_name(json["type"], 6, TopologyType::unknown);
  for (const Json& given : json["servers"]) {
    ServerDescription server = unknown_server(*parse_address(given["address"].get<std::string>()));
    server.type = by_name(given["type"], 9, ServerType::unknown);
    if (given.contains("avg_rtt_ms"))
      server.round_trip = std::chrono::microseconds(std::lround(given["avg_rtt_ms"].get<double>() * 1000));
    if (given.contains("tags")) server.tags = tags_of(given["tags"]);
    if (given.contains("lastUpdateTime")) server.updated += Milliseconds(whole(given["lastUpdateTime"]));
    if (given.contains("lastWrite")) server.last_write = whole(given["lastWrite"]["lastWriteDate"]);
    server.max_wire = given.value("maxWireVersion", max_wire_version);
    topology.servers.push_back(std::move(server));
  }
  return topology;
}

ReadSelector selector_of(const Json& json) {
  constexpr const char* modes[] = {"Primary", "PrimaryPreferred", "Secondary", "SecondaryPreferred", "Nearest"};
  ReadSelector selector;
  for (int i = 0; i < 5; ++i)
    if (member(json, "mode") == modes[i]) selector.mode = static_cast<ReadPreference>(i);
  for (const Json& tags : member(json, "tag_sets")) selector.tag_sets.push_back(tags_of(tags));
  if (json.contains("maxStalenessSeconds"))
    selector.max_staleness = std::chrono::seconds(whole(json["maxStalenessSeconds"]));
  return selector;
}

std::string addresses(const Json& servers) {
  std::set<std::string> all;
  for (const Json& server : servers) all.insert(server["address"].get<std::string>());
  std::string out;
  for (const std::string& one : all) out += one + " ";
  return out;
}
std::string addresses(const std::vector<const ServerDescription*>& servers) {
  Json all = Json::array();
  for (const auto* server : servers) all.push_back({{"address", server->address.text()}});
  return addresses(all);
}

void run_logic(const Json& test) {
  const TopologyDescription topology = topology_of(test["topology_description"]);
  const Milliseconds heartbeat(test.value("heartbeatFrequencyMS", 10'000));
  std::vector<Address> deprioritized;
  for (const Json& server : member(test, "deprioritized_servers"))
    deprioritized.push_back(*parse_address(server["address"].get<std::string>()));
  std::vector<const ServerDescription*> found;
  try {
    found = test.value("operation", "read") == "write"
                ? suitable_for_write(topology, deprioritized)
                : suitable_for_read(topology, selector_of(test["read_preference"]), heartbeat, deprioritized);
  } catch (const error& e) {
    expect(test.value("error", false) && e.code() == errc::invalid_query, e.what());
    return;
  }
  expect(!test.value("error", false), "is accepted");
  expect(addresses(found) == addresses(test["suitable_servers"]), "suitable are " + addresses(found));
  found = within_latency_window(std::move(found), Milliseconds(15));
  expect(addresses(found) == addresses(test["in_latency_window"]), "in the window are " + addresses(found));
}

void run_window(const Json& test) {
  const TopologyDescription topology = topology_of(test["topology_description"]);
  std::map<std::string, int> operations, chosen;
  for (const Json& state : test["mocked_topology_state"])
    operations[state["address"].get<std::string>()] = state["operation_count"].get<int>();
  std::mt19937_64 engine(20'111'213);
  const auto count = [&](const ServerDescription& server) { return operations[server.address.text()]; };
  const auto random = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(engine); };
  const auto near = within_latency_window(
      suitable_for_read(topology, ReadSelector{ReadPreference::nearest, {}, {}}, Milliseconds(10'000)), Milliseconds(15));
  const int iterations = test["iterations"];
  for (int i = 0; i < iterations; ++i) ++chosen[choose(near, count, random)->address.text()];
  const double tolerance = test["outcome"]["tolerance"];
  for (const auto& [address, wanted] : test["outcome"]["expected_frequencies"].items()) {
    const double got = static_cast<double>(chosen[address]) / iterations, share = wanted.get<double>();
    const double slack = share == 0 || share == 1 ? 0 : tolerance;
    expect(std::abs(got - share) <= slack, address + " was chosen in " + std::to_string(got));
  }
}

void run_round_trip(const Json& test) {
  const auto time = [](double ms) { return std::chrono::nanoseconds(std::llround(ms * 1e6)); };
  RoundTripTime rtt;
  if (test["avg_rtt_ms"].is_number()) rtt.add(time(test["avg_rtt_ms"].get<double>()));
  rtt.add(time(test["new_rtt_ms"].get<double>()));
  const auto off = *rtt.average() - time(test["new_avg_rtt"].get<double>());
  expect(off.count() >= -1 && off.count() <= 1, "average is " + std::to_string(rtt.average()->count()) + " ns");
}

}  // namespace

void selection(Report& report) {
  const auto add = [&](const char* suite, const char* folder, void (*run)(const Json&)) {
    report.suite(suite);
    each_file(folder, [&](const std::string& name, const Json& file) { report.run(name, [&] { run(file); }); });
  };
  add("server-selection", "server_selection/server_selection", run_logic);
  add("server-selection/in-window", "server_selection/in_window", run_window);
  add("server-selection/rtt", "server_selection/rtt", run_round_trip);
  add("max-staleness", "max_staleness", run_logic);
}

}  // namespace kinship::spec
