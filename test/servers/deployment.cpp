// What mongod.sh needs a client for: `initiate HOST:PORT` makes the mongod there a replica set of one and waits until it is
// its primary; `drop URI PREFIX` drops the databases whose names begin with it.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/driver.hpp"
#include "support/run.hpp"

using namespace kinship;

namespace {

using Clock = std::chrono::steady_clock;
using DriverPtr = std::shared_ptr<Driver>;

constexpr std::chrono::seconds patience(60);

awaitable<bson::Document> ask(DriverPtr driver, bson::Document command) {
  OperationContext context;
  context.deadline = Clock::now() + patience;
  return driver->command(std::move(command), std::move(context));
}

bson::Document command_of(const char* name, const std::string& database) {
  bson::Builder out;
  return out.append_int32(name, 1).append_string("$db", database).finish();
}

bson::Document initiation(const std::string& host) {
  bson::Builder out;
  out.begin_document("replSetInitiate").append_string("_id", "rs0").begin_array("members").begin_document("0");
  return out.append_int32("_id", 0).append_string("host", host).end().end().end().append_string("$db", "admin").finish();
}

awaitable<void> wait_for_primary(DriverPtr driver) {
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  for (const auto until = Clock::now() + patience; Clock::now() < until;) {
    bson::Document hello = command_of("hello", "admin");
    const bson::Document reply = co_await ask(driver, std::move(hello));
    if (mongodb::read_bool(reply["isWritablePrimary"])) co_return;
    pause.expires_after(std::chrono::milliseconds(50));
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
  throw std::runtime_error("the set has no primary after a minute");
}

awaitable<void> initiate(std::string host) {
  const DriverPtr driver = co_await open_mongodb("mongodb://" + host + "/?directConnection=true");
  bson::Document command = initiation(host);
  co_await ask(driver, std::move(command));
  co_await wait_for_primary(driver);
  co_await driver->close(Clock::now() + patience);
}

awaitable<void> drop(std::string uri, std::string prefix) {
  const DriverPtr driver = co_await open_mongodb(uri);
  bson::Document list = command_of("listDatabases", "admin");
  const bson::Document reply = co_await ask(driver, std::move(list));
  for (const auto& entry : mongodb::read_document(reply["databases"])) {
    const std::string name(mongodb::read_text(mongodb::read_document(entry.value)["name"]));
    if (!name.starts_with(prefix)) continue;
    bson::Document gone = command_of("dropDatabase", name);
    co_await ask(driver, std::move(gone));
  }
  co_await driver->close(Clock::now() + patience);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::string what = count > 2 ? arguments[1] : "";
    if (what == "initiate" && count == 3)
      test::run(initiate(arguments[2]));
    else if (what == "drop" && count == 4 && *arguments[3] != '\0')
      test::run(drop(arguments[2], arguments[3]));
    else
      throw std::runtime_error("usage: deployment initiate HOST:PORT | drop URI PREFIX");
    return 0;
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
    return 1;
  }
}
