// What tests call a database in memory, on the MongoDB server of KINSHIP_TEST_MONGODB: a database of its own for each call.
// Linked into the program, this definition comes before the library's. Sockets live on the home loop.
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <kinship/testing.hpp>
#include <string>

#include "driver/mongodb/driver.hpp"
#include "support/home_loop.hpp"

namespace kinship::testing {

static awaitable<Database> fresh_on_mongodb() {
  static std::atomic<int> number{0};
  std::string uri = std::getenv("KINSHIP_TEST_MONGODB");
  uri += "o" + std::to_string(::getpid()) + "_" + std::to_string(++number);
  co_return Database(test::run_at_home(open_mongodb(std::move(uri))));
}

awaitable<Database> memory() { return fresh_on_mongodb(); }

}  // namespace kinship::testing
