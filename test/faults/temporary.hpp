// A folder that goes when the test ends, and stores opened in it.
#pragma once

#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "driver/sqlite/driver.hpp"
#include "support/run.hpp"

namespace kinship::test {

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "kinship-test-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string operator/(const std::string& name) const { return path + "/" + name; }
  std::string path;
};

inline std::shared_ptr<Driver> open_file(const std::string& path, SqliteOptions options = {}) {
  options.path = path;
  return run(open_sqlite(std::move(options)));
}

inline void close(const std::shared_ptr<Driver>& driver) {
  run(driver->close(std::chrono::steady_clock::now() + std::chrono::seconds(10)));
}

}  // namespace kinship::test
