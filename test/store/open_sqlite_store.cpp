// Which store the suite runs on here: the embedded one, in a temporary database.
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
