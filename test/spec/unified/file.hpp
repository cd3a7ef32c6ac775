// A file of the unified test format, taken apart; and which servers its tests are for.
// Operations and entities stay JSON: whoever runs them knows what they take.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "spec/unified/match.hpp"

namespace kinship::spec {

struct UnifiedTest {
  std::string description{};
  std::string skip_reason{};  // the specification's own
  Json requirements = Json::array();
  Json operations = Json::array();
  Json events = Json::array();   // expectEvents
  Json outcome = Json::array();  // collections as they should be afterwards
};

struct UnifiedFile {
  std::string description{};
  Json requirements = Json::array();
  Json entities = Json::array();  // createEntities
  Json initial_data = Json::array();
  std::vector<UnifiedTest> tests{};
};

/// Throws Skip for a schema newer than is known, std::runtime_error naming what is wrong with the file.
UnifiedFile read_unified(const Json& file);

struct ServerFacts {
  std::array<int, 3> version{};
  std::string topology{};  // single, replicaset, sharded
  bool authenticated{};
  Json parameters = Json::object();
};

/// "" if one of the requirements is met, or there is none; else what the first lacks.
std::string unmet(const Json& requirements, const ServerFacts& server);

}  // namespace kinship::spec
