// Opening, pragmas, the statement cache and the two callbacks by which SQLite asks whether to go on.
// NOMUTEX: the store guarantees one thread at a time.
#include "connection.hpp"

#include <sqlite3.h>

#include <thread>

#include "errors.hpp"
#include "keylist.hpp"

namespace kinship::sqlite {
namespace {

std::string number_tables(const char* text, std::int64_t collection, std::int64_t index) {
  std::string sql;
  for (; *text != 0; ++text) {
    if (*text != '$') {
      sql += *text;
      continue;
    }
    ++text;
    sql += std::to_string(*text == 'c' ? collection : index);
  }
  return sql;
}

sqlite3_stmt* compile(sqlite3* db, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(db, sql.c_str(), static_cast<int>(sql.size() + 1), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) throw_store_error(db, code, "preparing \"" + sql + "\"");
  return statement;
}

constexpr int steps_between_checks = 2000;

}  // namespace

Connection::Connection(const ConnectionOptions& options) : busy_timeout_(options.busy_timeout) {
  const int flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE | (options.writable ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(options.path.c_str(), &db_, flags, nullptr);
  try {
    if (code != SQLITE_OK) throw_store_error(db_, code, "opening " + options.path);
    sqlite3_busy_handler(db_, &Connection::on_busy, this);
    sqlite3_progress_handler(db_, steps_between_checks, &Connection::on_progress, this);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 512, 200);
    if (options.writable) {
      use_wal(options.path);
      execute(options.durability == Durability::full     ? "PRAGMA synchronous=FULL"
              : options.durability == Durability::normal ? "PRAGMA synchronous=NORMAL"
                                                         : "PRAGMA synchronous=OFF");
      execute(options.secure_delete ? "PRAGMA secure_delete=ON" : "PRAGMA secure_delete=OFF");
    } else {
      execute("PRAGMA query_only=ON");
    }
    execute("PRAGMA wal_autocheckpoint=0");
    execute("PRAGMA cache_size=-16000");
    execute("PRAGMA temp_store=MEMORY");
    register_keylist(db_);
  } catch (...) {
    sqlite3_close_v2(db_);
    throw;
  }
}

void Connection::use_wal(const std::string& path) {
  Statement mode = prepare_once("PRAGMA journal_mode=WAL");
  if (mode.step() && mode.bytes(0) != "wal")
    throw error(errc::unavailable, path + " cannot be used with a write-ahead log here: put it on a local file system");
}

Connection::~Connection() {
  forget_statements();
  sqlite3_close_v2(db_);
}

void Connection::execute(const std::string& sql) {
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_store_error(db_, code, "running \"" + sql + "\"");
}

Statement Connection::prepare_once(const std::string& sql) {
  sqlite3_stmt*& statement = texts_[sql];
  if (statement == nullptr) statement = compile(db_, sql);
  return Statement(statement);
}

Statement Connection::statement(Sql kind, std::int64_t collection, std::int64_t index) {
  const std::uint64_t key = static_cast<std::uint64_t>(kind) | static_cast<std::uint64_t>(collection) << 8 |
                            static_cast<std::uint64_t>(index) << 36;
  sqlite3_stmt*& statement = statements_[key];
  if (statement == nullptr) statement = compile(db_, number_tables(statement_text(kind), collection, index));
  return Statement(statement);
}

bool Connection::in_transaction() const noexcept { return sqlite3_get_autocommit(db_) == 0; }

void Connection::refresh() {
  std::int64_t generation = 0;
  {
    Statement read = statement(Sql::generation);
    if (read.step()) generation = read.integer(0);
  }
  if (generation == catalog_.generation()) return;
  forget_statements();
  catalog_ = Catalog::load(*this, generation);
}

void Connection::forget_catalog() { catalog_ = Catalog(); }

void Connection::forget_statements() {
  for (const auto& [key, statement] : statements_) sqlite3_finalize(statement);
  for (const auto& [key, statement] : texts_) sqlite3_finalize(statement);
  statements_.clear();
  texts_.clear();
}

void Connection::check() const {
  if (flag_ != nullptr && flag_->stop_requested()) throw error(errc::cancelled, "The operation was stopped");
}

int Connection::on_progress(void* self) {
  const auto* flag = static_cast<Connection*>(self)->flag_;
  return flag != nullptr && flag->stop_requested() ? 1 : 0;
}

int Connection::on_busy(void* self, int count) {
  auto& connection = *static_cast<Connection*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (count == 0) connection.busy_since_ = now;
  if (now - connection.busy_since_ >= connection.busy_timeout_ || on_progress(self) != 0) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(count < 10 ? 1 : 5));
  return 1;
}

}  // namespace kinship::sqlite
