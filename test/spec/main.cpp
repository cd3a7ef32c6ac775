// Runs MongoDB's specification tests that need no server, and prints a table.
// Start it with test/spec/run, which fetches the data.
#include <cstdio>
#include <exception>

#include "spec/suites.hpp"

int main() {
  using namespace kinship::spec;
  try {
    Report report;
    bson_corpus(report);
    connection_string(report);
    uri_options(report);
    authentication(report);
    srv_seedlist(report);
    sdam(report);
    sdam_monitoring(report);
    selection(report);
    unified_files(report);
    return report.print() ? 0 : 1;
  } catch (const std::exception& e) {
    std::printf("%s\n0 passed, 1 failed\n", e.what());
    return 1;
  }
}
