// Server selection beside what the specification's suites ask: refusals in words, unmeasured servers, the choice of two.
#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "driver/mongodb/selection.hpp"

namespace kinship::mongodb {
namespace {

using std::chrono::seconds;

TopologyDescription set(std::initializer_list<std::pair<const char*, ServerType>> members) {
  TopologyDescription topology;
  topology.type = TopologyType::replica_set_with_primary;
  int number = 0;
  for (const auto& [name, type] : members) {
    ServerDescription server = unknown_server(*parse_address(name));
    server.type = type;
    server.round_trip = Milliseconds(10 * ++number);
    topology.servers.push_back(std::move(server));
  }
  return topology;
}

std::string refusal(const ReadSelector& selector, Milliseconds heartbeat = Milliseconds(10'000)) {
  try {
    suitable_for_read(set({{"a", ServerType::primary}}), selector, heartbeat);
  } catch (const error& e) {
    CHECK(e.code() == errc::invalid_query);
    return e.what();
  }
  return "";
}

TEST_CASE("selectors that contradict themselves are refused with what to use") {
  CHECK(refusal({ReadPreference::primary, {{{"dc", "ny"}}}, {}}).find("another mode") != std::string::npos);
  CHECK(refusal({ReadPreference::primary, {}, seconds(100)}).find("another mode") != std::string::npos);
  CHECK(refusal({ReadPreference::nearest, {}, seconds(89)}).find("use 90 or more") != std::string::npos);
  CHECK(refusal({ReadPreference::nearest, {}, seconds(100)}, seconds(120)).find("use 130 or more") != std::string::npos);
  CHECK(refusal({ReadPreference::primary, {{}}, {}}).empty());
  CHECK(refusal({ReadPreference::nearest, {}, seconds(90)}).empty());
}

TEST_CASE("nothing is selected of an incompatible topology") {
  TopologyDescription topology = set({{"a", ServerType::primary}});
  CHECK(suitable_for_write(topology).size() == 1);
  topology.incompatible = "too old";
  CHECK(suitable_for_write(topology).empty());
  CHECK(suitable_for_read(topology, {}, seconds(10)).empty());
}

TEST_CASE("a retry avoids the server it failed on, unless there is no other") {
  const TopologyDescription topology =
      set({{"a", ServerType::primary}, {"b", ServerType::secondary}, {"c", ServerType::secondary}});
  const std::vector<Address> failed{*parse_address("b")};
  const auto found = suitable_for_read(topology, {ReadPreference::secondary, {}, {}}, seconds(10), failed);
  REQUIRE(found.size() == 1);
  CHECK(found[0]->address.host == "c");
  const TopologyDescription one = set({{"a", ServerType::primary}, {"b", ServerType::secondary}});
  CHECK(suitable_for_read(one, {ReadPreference::secondary, {}, {}}, seconds(10), failed).size() == 1);
  const std::vector<Address> primary{*parse_address("a")};
  CHECK(suitable_for_write(one, primary).size() == 1);
}

TEST_CASE("servers that were never measured come last") {
  TopologyDescription topology = set({{"a", ServerType::primary}, {"b", ServerType::secondary}});
  const ReadSelector nearest{ReadPreference::nearest, {}, {}};
  topology.servers[0].round_trip.reset();
  auto near = within_latency_window(suitable_for_read(topology, nearest, seconds(10)), Milliseconds(15));
  REQUIRE(near.size() == 1);
  CHECK(near[0]->address.host == "b");
  topology.servers[1].round_trip.reset();
  CHECK(within_latency_window(suitable_for_read(topology, nearest, seconds(10)), Milliseconds(15)).size() == 2);
  CHECK(within_latency_window({}, Milliseconds(15)).empty());
}

TEST_CASE("the window's edge is in it") {
  const TopologyDescription topology = set({{"a", ServerType::primary}, {"b", ServerType::secondary}});
  const auto all = suitable_for_read(topology, {ReadPreference::nearest, {}, {}}, seconds(10));
  CHECK(within_latency_window(all, Milliseconds(10)).size() == 2);
  CHECK(within_latency_window(all, Milliseconds(9)).size() == 1);
}

TEST_CASE("of two the idler one is chosen, and never one twice") {
  const TopologyDescription topology =
      set({{"a", ServerType::primary}, {"b", ServerType::secondary}, {"c", ServerType::secondary}});
  const auto all = suitable_for_read(topology, {ReadPreference::nearest, {}, {}}, seconds(10));
  const auto busy = [](const ServerDescription& server) { return server.address.host == "c" ? 0 : 5; };
  std::vector<std::size_t> numbers;
  const auto random = [&](std::size_t below) {
    const std::size_t next = numbers.back();
    numbers.pop_back();
    REQUIRE(next < below);
    return next;
  };
  std::size_t c = 0;
  while (all[c]->address.host != "c") ++c;
  for (std::size_t one = 0; one < 3; ++one) {
    for (std::size_t other = 0; other < 2; ++other) {
      numbers = {other, one};
      const std::size_t second = other >= one ? other + 1 : other;
      const auto* chosen = choose(all, busy, random);
      CHECK((chosen->address.host == "c") == (one == c || second == c));
    }
  }
  CHECK(choose({}, busy, random) == nullptr);
  CHECK(choose({all[0]}, busy, random) == all[0]);
}

}  // namespace
}  // namespace kinship::mongodb
