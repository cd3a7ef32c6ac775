// Reads files of the unified test format, up to schema 1.26.
// Fields that are not known are errors: a test that is half understood must not pass.
#include "spec/unified/file.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "spec/report.hpp"

namespace kinship::spec {
namespace {

constexpr int newest_minor = 26;

void only(const Json& object, const char* what, std::initializer_list<std::string_view> known) {
  if (!object.is_object()) throw std::runtime_error(std::string(what) + " is no object");
  for (const auto& [name, value] : object.items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw std::runtime_error(std::string(what) + "'s " + name + " is not known");
}

Json list(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return Json::array();
  if (!found->is_array()) throw std::runtime_error(std::string(name) + " is no array");
  return *found;
}

std::array<int, 3> version_of(const std::string& text) {
  std::array<int, 3> version{};
  std::sscanf(text.c_str(), "%d.%d.%d", &version[0], &version[1], &version[2]);
  return version;
}

void check_schema(const Json& file) {
  const auto version = version_of(file.at("schemaVersion").get<std::string>());
  if (version[0] != 1 || version[1] > newest_minor) throw Skip{"a schema newer than 1." + std::to_string(newest_minor)};
}

UnifiedTest read_test(const Json& test) {
  only(test, "a test",
       {"description", "runOnRequirements", "skipReason", "operations", "expectEvents", "expectLogMessages",
        "expectTracingMessages", "outcome"});
  UnifiedTest out;
  out.description = test.at("description").get<std::string>();
  out.skip_reason = test.value("skipReason", "");
  if (test.contains("expectLogMessages") || test.contains("expectTracingMessages"))
    out.skip_reason = "log messages are not compared";
  out.requirements = list(test, "runOnRequirements");
  out.operations = list(test, "operations");
  for (const Json& operation : out.operations) {
    only(operation, "an operation",
         {"name", "object", "arguments", "ignoreResultAndError", "expectError", "expectResult", "saveResultAsEntity"});
    if (!operation.contains("name") || !operation.contains("object"))
      throw std::runtime_error("an operation has no name or object");
  }
  out.events = list(test, "expectEvents");
  for (const Json& events : out.events) only(events, "expectEvents", {"client", "events", "eventType", "ignoreExtraEvents"});
  out.outcome = list(test, "outcome");
  return out;
}

std::string unmet_one(const Json& needs, const ServerFacts& server) {
  for (const auto& [name, wanted] : needs.items()) {
    if (name == "minServerVersion") {
      if (server.version < version_of(wanted)) return "needs server " + wanted.get<std::string>();
    } else if (name == "maxServerVersion") {
      std::array<int, 3> most = version_of(wanted);
      if (std::count(wanted.get_ref<const std::string&>().begin(), wanted.get_ref<const std::string&>().end(), '.') < 2)
        most[2] = 999;
      if (server.version > most) return "is for servers up to " + wanted.get<std::string>();
    } else if (name == "topologies") {
      if (std::find(wanted.begin(), wanted.end(), server.topology) == wanted.end())
        return "needs one of the topologies " + wanted.dump();
    } else if (name == "auth") {
      if (wanted != server.authenticated)
        return wanted.get<bool>() ? "needs authentication" : "is for servers without authentication";
    } else if (name == "serverless") {
      if (wanted == "require") return "is for serverless deployments";
    } else if (name == "csfle") {
      if (wanted != false) return "needs client-side encryption";
    } else if (name == "authMechanism") {
      return "needs the mechanism " + wanted.get<std::string>();
    } else if (name == "serverParameters") {
      const bson::Document parameters = from_extended_json(server.parameters);
      if (auto why = mismatch(wanted, parameters.view(), {}); !why.empty()) return "server parameter " + why;
    } else {
      throw std::runtime_error("the requirement " + name + " is not known");
    }
  }
  return "";
}

}  // namespace

UnifiedFile read_unified(const Json& file) {
  check_schema(file);
  only(file, "the file",
       {"description", "schemaVersion", "runOnRequirements", "createEntities", "initialData", "tests", "_yamlAnchors"});
  UnifiedFile out;
  out.description = file.at("description").get<std::string>();
  out.requirements = list(file, "runOnRequirements");
  out.entities = list(file, "createEntities");
  for (const Json& entity : out.entities)
    only(entity, "an entity", {"client", "database", "collection", "session", "bucket", "thread", "clientEncryption"});
  out.initial_data = list(file, "initialData");
  for (const Json& test : list(file, "tests")) out.tests.push_back(read_test(test));
  if (out.tests.empty()) throw std::runtime_error("there are no tests");
  return out;
}

std::string unmet(const Json& requirements, const ServerFacts& server) {
  std::string first;
  for (const Json& needs : requirements) {
    const std::string why = unmet_one(needs, server);
    if (why.empty()) return "";
    if (first.empty()) first = why;
  }
  return first;
}

}  // namespace kinship::spec
