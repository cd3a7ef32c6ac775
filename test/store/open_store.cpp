// Which store the suite runs on here: the embedded one in a temporary database, or with KINSHIP_TEST_MONGODB a MongoDB
// server, a database of its own for each test.
#include "driver/mongodb/driver.hpp"
#include "driver/sqlite/driver.hpp"
#include "store/fixture.hpp"
#include "support/home_loop.hpp"
#include "support/mongodb_uri.hpp"

namespace kinship::test {
namespace {

// What the Node server's query engine does otherwise than MongoDB.
const std::vector<std::string> not_on_node_server = {};

}  // namespace

std::shared_ptr<Driver> open_store() {
  if (mongodb_server() == nullptr) {
    SqliteOptions options;
    options.memory = true;
    return run(open_sqlite(std::move(options)));
  }
  return run_at_home(open_mongodb(mongodb_uri()));
}

std::vector<std::string> store_lacks() {
  return mongodb_server() == nullptr ? std::vector<std::string>() : not_on_node_server;
}

}  // namespace kinship::test
