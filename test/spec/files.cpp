// Finds and reads the files.
// KINSHIP_SPEC_DATA is set by `test/spec/run`.
#include "spec/files.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace kinship::spec {

void each_file(const std::string& folder, const std::function<void(const std::string&, const Json&)>& use) {
  const char* data = std::getenv("KINSHIP_SPEC_DATA");
  if (data == nullptr) throw std::runtime_error("KINSHIP_SPEC_DATA is not set; start this program with test/spec/run");
  const std::filesystem::path root = std::filesystem::path(data) / folder;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream in(path);
    use(path.lexically_relative(root).string(), Json::parse(in));
  }
}

const Json& member(const Json& object, const std::string& name) {
  static const Json none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

}  // namespace kinship::spec
