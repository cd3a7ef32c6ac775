// Reads the list of known failures.
// A name is compared whole: no patterns, so that nothing hides behind one.
#include "spec/known_failures.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace kinship::spec {

KnownFailures::KnownFailures(const std::string& path, const std::string& server) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("the list of known failures is not at " + path);
  std::string line, reason;
  bool here = true;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (line.starts_with("because ")) {
      reason = line.substr(8);
      const auto only = reason.find("(only ");
      std::string servers = only == std::string::npos ? "" : reason.substr(only + 5);
      std::replace(servers.begin(), servers.end(), ')', ',');
      here = servers.empty() || servers.find(" " + server + ",") != std::string::npos;
    } else if (!line.starts_with("  ") || reason.empty()) {
      throw std::runtime_error(path + ": a line is neither 'because REASON' nor '  suite: file: case': " + line);
    } else if (here && !reasons_.emplace(line.substr(2), reason).second) {
      throw std::runtime_error(path + " lists this case twice: " + line);
    }
  }
}

std::string KnownFailures::reason(const std::string& name) {
  const auto found = reasons_.find(name);
  if (found == reasons_.end()) return "";
  used_.insert(name);
  return found->second;
}

std::string KnownFailures::unused() const {
  std::string out;
  for (const auto& [name, reason] : reasons_)
    if (!used_.contains(name)) out += (out.empty() ? "" : "; ") + name;
  return out;
}

}  // namespace kinship::spec
