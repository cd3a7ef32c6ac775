// Runs MongoDB's specification tests of the unified format that need a server: `test_spec_unified [KNOWN-FAILURES
// [FILTER]]`. Start it with test/servers/run and test/spec/run; FILTER is a part of the names of the cases to run.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "spec/files.hpp"
#include "spec/known_failures.hpp"
#include "spec/pooling.hpp"
#include "spec/unified/runner.hpp"

namespace kinship::spec {
namespace {

struct Folder {
  const char* suite;
  const char* path;
};
constexpr Folder folders[] = {{"crud", "crud"},
                              {"retryable-reads", "retryable_reads"},
                              {"retryable-writes", "retryable_writes"},
                              {"sessions", "sessions"},
                              {"transactions", "transactions"},
                              {"transactions-convenient-api", "transactions-convenient-api"},
                              {"command-monitoring", "command_monitoring"},
                              {"run-command", "run_command"},
                              {"read-write-concern", "read_write_concern"},
                              {"causal-consistency", "causal_consistency"},
                              {"collection-management", "collection_management"},
                              {"index-management", "index_management"},
                              {"client-side-operations-timeout", "csot"},
                              {"client-backpressure", "client-backpressure"}};

/// A case as it is to end: passed, skipped with a reason, or known to fail.
void run_known(const std::function<void()>& test, const std::string& why) {
  if (why.empty()) return test();
  try {
    test();
  } catch (const std::exception& e) {
    throw Skip{"known to fail: " + why};
  }
  throw std::runtime_error("is listed as known to fail, but passes: take it off the list");
}

bool run_all(const char* list, const std::string& filter) {
  const char* uri = std::getenv("KINSHIP_TEST_MONGODB");
  const char* server = std::getenv("KINSHIP_TEST_SERVER");
  if (uri == nullptr) throw std::runtime_error("KINSHIP_TEST_MONGODB is not set; start this program with test/servers/run");
  if (std::string_view(uri).starts_with("mongodb+srv:"))
    throw std::runtime_error("name the servers themselves: mongodb://...");
  const UnifiedRunner runner(uri);
  KnownFailures known(list, server == nullptr ? "" : server);
  Report report;
  for (const Folder& folder : folders) {
    report.suite(folder.suite);
    each_file(folder.path, [&](const std::string& name, const Json& json) {
      if (!json.contains("schemaVersion")) return;
      const UnifiedFile file = read_unified(json);
      for (const UnifiedTest& test : file.tests) {
        const std::string in_suite = name + ": " + test.description, whole = std::string(folder.suite) + ": " + in_suite;
        if (whole.find(filter) == std::string::npos) continue;
        if (!filter.empty()) std::printf("%s\n", whole.c_str());
        report.run(in_suite, [&] { run_known([&] { runner.run(file, test); }, known.reason(whole)); });
      }
    });
  }
  const std::string pools = "connection-monitoring-and-pooling";
  report.suite(pools);
  each_file("connection_monitoring", [&](const std::string& name, const Json& json) {
    const std::string whole = pools + ": " + name + ": " + json.at("description").get<std::string>();
    if (whole.find(filter) == std::string::npos) return;
    report.run(name, [&] { run_known([&] { run_pool_case(mongodb::parse_uri(uri), json); }, known.reason(whole)); });
  });
  if (filter.empty())
    report.run("the list of known failures", [&] { expect(known.unused().empty(), "were not run: " + known.unused()); });
  return report.print();
}

}  // namespace
}  // namespace kinship::spec

int main(int count, char** arguments) {
  try {
    if (count < 2) throw std::runtime_error("name the list of known failures");
    return kinship::spec::run_all(arguments[1], count > 2 ? arguments[2] : "") ? 0 : 1;
  } catch (const std::exception& e) {
    std::printf("%s\n0 passed, 1 failed\n", e.what());
    return 1;
  }
}
