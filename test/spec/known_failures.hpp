// Cases that are known to fail, each with the reason: a text file of "because REASON" lines, and below each the cases,
// "  suite: file: description". One that passes is a failure, and so is one that was not run.
#pragma once

#include <map>
#include <set>
#include <string>

namespace kinship::spec {

class KnownFailures {
 public:
  /// `server`: "because REASON" may end in "(only SERVER, SERVER)"; others' lines are left out.
  KnownFailures(const std::string& path, const std::string& server);

  /// "" if it is to pass.
  std::string reason(const std::string& name);
  /// Cases that were listed and that nobody asked about, of these suites.
  std::string unused() const;

 private:
  std::map<std::string, std::string> reasons_;
  std::set<std::string> used_;
};

}  // namespace kinship::spec
