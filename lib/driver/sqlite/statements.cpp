// SQL texts and the thin layer over sqlite3_stmt.
// `keylist` is the table-valued function of keylist.hpp: it turns any number of keys into rows of one statement.
#include "statements.hpp"

#include <sqlite3.h>

#include "errors.hpp"

namespace kinship::sqlite {
namespace {

constexpr const char* texts[] = {
    "INSERT INTO c$c(doc) VALUES(?1)",
    "UPDATE c$c SET doc=?2 WHERE rid=?1",
    "DELETE FROM c$c WHERE rid=?1",
    "SELECT doc FROM c$c WHERE rid=?1",
    "SELECT doc,rid FROM c$c",
    "SELECT rid FROM c$c",
    "SELECT count(*) FROM c$c",
    "INSERT INTO i$i(key,rid) VALUES(?1,?2)",
    "DELETE FROM i$i WHERE key=?1 AND rid=?2",
    "SELECT rid FROM i$i WHERE key=?1",
    "SELECT d.doc,d.rid,k.rowid FROM keylist(?1) k CROSS JOIN i$i x ON x.key=k.low CROSS JOIN c$c d ON d.rid=x.rid",
    ("SELECT d.doc,d.rid,k.rowid FROM keylist(?1) k CROSS JOIN i$i x ON x.key>=k.low AND x.key<k.high"
     " CROSS JOIN c$c d ON d.rid=x.rid"),
    "SELECT d.doc,d.rid FROM i$i x CROSS JOIN c$c d ON d.rid=x.rid WHERE x.key>=?1 AND x.key<?2 ORDER BY x.key",
    "SELECT d.doc,d.rid FROM i$i x CROSS JOIN c$c d ON d.rid=x.rid WHERE x.key>=?1 AND x.key<?2 ORDER BY x.key DESC",
    "SELECT x.rid,k.rowid FROM keylist(?1) k CROSS JOIN i$i x ON x.key=k.low",
    "SELECT x.rid,k.rowid FROM keylist(?1) k CROSS JOIN i$i x ON x.key>=k.low AND x.key<k.high",
    "SELECT (SELECT count(*) FROM i$i x WHERE x.key=k.low),k.rowid FROM keylist(?1) k",
    "SELECT (SELECT count(*) FROM i$i x WHERE x.key>=k.low AND x.key<k.high),k.rowid FROM keylist(?1) k",
    "PRAGMA user_version",
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT job",
    "RELEASE job",
};
static_assert(sizeof texts / sizeof *texts == static_cast<std::size_t>(Sql::size_));

}  // namespace

const char* statement_text(Sql kind) noexcept { return texts[static_cast<std::size_t>(kind)]; }

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    end();
    handle_ = other.handle_;
    other.handle_ = nullptr;
  }
  return *this;
}

void Statement::fail(int code) const { throw_store_error(sqlite3_db_handle(handle_), code, "running an operation"); }

void Statement::bind(int at, std::int64_t value) { sqlite3_bind_int64(handle_, at, value); }

void Statement::bind(int at, std::string_view bytes) {
  const int code = sqlite3_bind_blob64(handle_, at, bytes.data(), bytes.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) fail(code);
}

void Statement::bind_pointer(int at, const void* pointer, const char* type) {
  sqlite3_bind_pointer(handle_, at, const_cast<void*>(pointer), type, nullptr);
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(code);
}

void Statement::run() {
  while (step()) {
  }
  sqlite3_reset(handle_);
}

bool Statement::try_insert() {
  const int code = sqlite3_step(handle_);
  sqlite3_reset(handle_);
  if (code == SQLITE_DONE) return true;
  if ((code & 0xff) == SQLITE_CONSTRAINT) return false;
  fail(code);
}

void Statement::reset() noexcept { sqlite3_reset(handle_); }

std::int64_t Statement::integer(int column) const noexcept { return sqlite3_column_int64(handle_, column); }

std::string_view Statement::bytes(int column) const noexcept {
  const void* data = sqlite3_column_blob(handle_, column);
  return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bson::DocumentView Statement::document(int column) const {
  const std::string_view stored = bytes(column);
  return bson::validate(reinterpret_cast<const std::uint8_t*>(stored.data()), stored.size());
}

void Statement::end() noexcept {
  // Bindings stay: whoever uses the statement next binds before stepping.
  if (handle_ != nullptr) sqlite3_reset(handle_);
}

}  // namespace kinship::sqlite
