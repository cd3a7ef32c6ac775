// Every file of the unified test format that the suites hold can be read; running them needs a server.
// Those the format's own suite calls valid are among them.
#include "spec/files.hpp"
#include "spec/suites.hpp"
#include "spec/unified/file.hpp"

namespace kinship::spec {

void unified_files(Report& report) {
  report.suite("unified-test-format/files");
  for (const char* folder :
       {"causal_consistency", "change_streams", "client-backpressure", "collection_management", "command_monitoring", "crud",
        "csot", "discovery_and_monitoring/unified", "index_management", "read_write_concern", "retryable_reads",
        "retryable_writes", "run_command", "sessions", "transactions", "transactions-convenient-api",
        "unified-test-format/valid-pass", "versioned-api"}) {
    each_file(folder, [&](const std::string& name, const Json& file) {
      if (!file.contains("schemaVersion")) return;
      report.run(std::string(folder) + "/" + name, [&] { read_unified(file); });
    });
  }
}

}  // namespace kinship::spec
