// The embedded store in a temporary database, for tests that run on it alone.
// Tests that run on every store link open_store.cpp instead.
#include "driver/sqlite/driver.hpp"
#include "store/fixture.hpp"

namespace kinship::test {

std::shared_ptr<Driver> open_store() {
  SqliteOptions options;
  options.memory = true;
  return run(open_sqlite(std::move(options)));
}

std::vector<std::string> store_lacks() { return {}; }

}  // namespace kinship::test
