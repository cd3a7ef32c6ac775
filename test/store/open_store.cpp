// Which store the suite runs on here: the embedded one in a temporary database, or with KINSHIP_TEST_MONGODB a MongoDB
// server, a database of its own for each test.
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "driver/mongodb/driver.hpp"
#include "driver/sqlite/driver.hpp"
#include "store/fixture.hpp"
#include "support/home_loop.hpp"

namespace kinship::test {
namespace {

const char* mongodb() { return std::getenv("KINSHIP_TEST_MONGODB"); }

// What the Node server's query engine does otherwise than MongoDB.
const std::vector<std::string> not_on_node_server = {};

}  // namespace

std::shared_ptr<Driver> open_store() {
  if (mongodb() == nullptr) {
    SqliteOptions options;
    options.memory = true;
    return run(open_sqlite(std::move(options)));
  }
  static std::atomic<int> number{0};
  const std::string name = "t" + std::to_string(::getpid()) + "_" + std::to_string(++number);
  return run_at_home(open_mongodb(mongodb() + name));
}

std::vector<std::string> store_lacks() { return mongodb() == nullptr ? std::vector<std::string>() : not_on_node_server; }

}  // namespace kinship::test
