// Nothing holds the event loop up while connections speak TLS and log in: keys from passwords and certificates from files
// are made elsewhere, and what the handshake computes on the loop is short.
#include <doctest/doctest.h>

#include "mongodb/ferretdb.hpp"
#include "mongodb/opened.hpp"
#include "support/check_stalls.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

std::string trusted() { return "tls=true&tlsCAFile=" + certificate("ca.pem"); }

awaitable<void> ask(std::shared_ptr<Driver> driver) {
  bson::Document ping = doc("ping", 1);
  OperationContext context;
  const bson::Document reply = co_await driver->command(std::move(ping), std::move(context));
  CHECK(reply["ok"].is_number());
}

// Opens, makes `connections` of them talk at once, and closes.
awaitable<void> work(std::string uri, int connections, int* failed) {
  const std::shared_ptr<Driver> driver = co_await open_mongodb(std::move(uri));
  std::vector<awaitable<void>> pings;
  for (int i = 0; i < connections; ++i) pings.push_back(ask(driver));
  const std::vector<Raced> ended = co_await all_ended(std::move(pings));
  for (const Raced& one : ended)
    if (one.code) ++*failed;
  co_await driver->close(std::chrono::steady_clock::now() + std::chrono::seconds(1));
}

void check(const std::string& uri, int connections) {
  int failed = 0;
  const Stalls stalls = watch_stalls(work(uri, connections, &failed));
  if (connections == 1)
    check_stalls(stalls);
  else  // each of them has its own moment of the loop; none takes long
    CHECK(stalls.longest_handler <= stall_limit());
  CHECK(failed == 0);
}

}  // namespace

TEST_CASE("no stall: logging in by either hash") {
  if (!has_ferretdb()) return;
  for (const char* mechanism : {"SCRAM-SHA-1", "SCRAM-SHA-256"})
    check(ferretdb_uri("root:rootpw", "USERS_PORT", std::string("authSource=admin&authMechanism=") + mechanism), 1);
}

TEST_CASE("no stall: connecting by TLS, one after the other and several at once") {
  if (!has_ferretdb()) return;
  check(ferretdb_uri("root:rootpw", "TLS_PORT", trusted() + "&authSource=admin"), 1);
  check(ferretdb_uri("root:rootpw", "TLS_PORT", trusted() + "&authSource=admin&maxConnecting=4"), 8);
}
