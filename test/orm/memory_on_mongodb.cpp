// What tests call a database in memory, on the MongoDB server of KINSHIP_TEST_MONGODB: a database of its own for each call.
// Linked into the program, this definition comes before the library's. Sockets live on the home loop.
#include <kinship/testing.hpp>

#include "driver/mongodb/driver.hpp"
#include "support/home_loop.hpp"
#include "support/mongodb_uri.hpp"

namespace kinship::testing {

static awaitable<Database> fresh_on_mongodb() { co_return Database(test::run_at_home(open_mongodb(test::mongodb_uri()))); }

awaitable<Database> memory() { return fresh_on_mongodb(); }

}  // namespace kinship::testing
