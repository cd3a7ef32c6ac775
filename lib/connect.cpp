// connect: which driver a URI means, and how it is opened.
// What this build has no driver for is refused in words.
#include <kinship/database.hpp>
#include <kinship/error.hpp>

#include "driver/mongodb/credential.hpp"
#include "driver/mongodb/driver.hpp"
#include "driver/mongodb/uri.hpp"
#include "driver/sqlite/driver.hpp"
#include "engine/cancelled.hpp"
#include "engine/engine.hpp"
#include "engine/scope.hpp"

namespace kinship {
namespace {

[[noreturn]] void refuse(errc code, std::string sentence) {
  ErrorContext context;
  context.operation = "connect";
  throw error(code, std::move(sentence), std::move(context));
}

// The driver knows them already.
Database observed(std::shared_ptr<Driver> driver, const ConnectOptions& options) {
  Database db(std::move(driver));
  for (const auto& observer : options.observers()) db.scope()->core->observers.add(observer);
  return db;
}

awaitable<Database> connect_to(std::string uri, ConnectOptions options) {
  const std::string scheme = uri.substr(0, uri.find(':'));
  if (scheme == "mongodb" || scheme == "mongodb+srv") {
    const mongodb::MongoUri parsed = mongodb::parse_uri(uri);
    std::shared_ptr<Driver> driver = co_await open_mongodb(std::move(uri), options.observers(), options.lazy());
    const Database db = observed(std::move(driver), options);
    for (std::string& sentence : mongodb::connect_warnings(parsed))
      detail::warn(db.scope(), detail::Trace(), std::string(), std::move(sentence));
    // The driver bounds each operation by it; the handle, whole transactions.
    const auto timeout = parsed.options.timeout.value_or(std::chrono::milliseconds(0));
    co_return timeout.count() > 0 ? db.with_options(Options().timeout(timeout)) : db;
  }
  if (scheme != "sqlite" || uri.find(':') == std::string::npos)
    refuse(errc::invalid_query,
           "'" + scheme + "' names no store; use sqlite:PATH, sqlite::memory: or mongodb://HOST/DATABASE");
  SqliteOptions sqlite;
  sqlite.path = uri.substr(7);
  sqlite.memory = sqlite.path == ":memory:";
  if (sqlite.path.empty()) refuse(errc::invalid_query, "'sqlite:' names no file; use sqlite:PATH or sqlite::memory:");
  if (sqlite.memory) sqlite.path.clear();
  sqlite.durability =
      options.durability() == Durability::full ? SqliteOptions::Durability::full : SqliteOptions::Durability::normal;
  sqlite.readers = options.readers();
  sqlite.lease_timeout = options.lock_timeout();
  sqlite.busy_timeout = options.lock_timeout();
  sqlite.secure_delete = options.secure_delete();
  std::shared_ptr<Driver> driver = co_await open_sqlite(std::move(sqlite));
  co_return observed(std::move(driver), options);
}

}  // namespace

awaitable<Database> connect(std::string uri, ConnectOptions options) {
  return detail::in_words(connect_to(std::move(uri), std::move(options)));
}

}  // namespace kinship
