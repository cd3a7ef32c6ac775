// meta(name, value): format, key_encoding. catalog: see catalog.cpp. Its generation is the header's user_version, which
// every transaction can read without a search; the header's application_id is "Kins", so that `file` and other programs can
// tell.
#include "schema.hpp"

#include <kinship/error.hpp>

#include "connection.hpp"
#include "key_encoding.hpp"

namespace kinship::sqlite {
namespace {

std::int64_t number(Connection& connection, const std::string& sql) {
  Statement read = connection.prepare_once(sql);
  return read.step() ? read.integer(0) : 0;
}

void create(Connection& connection) {
  connection.execute("PRAGMA application_id=0x4b696e73");
  connection.execute("CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL)");
  connection.execute(
      "CREATE TABLE catalog(id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, name TEXT NOT NULL,"
      " keys BLOB, flags INTEGER NOT NULL, UNIQUE(collection,name))");
  connection.execute("INSERT INTO meta VALUES('format'," + std::to_string(format_version) + "),('key_encoding'," +
                     std::to_string(key_encoding_version) + ")");
  connection.execute("PRAGMA user_version=1");
}

void check_version(Connection& connection, const std::string& path, const char* name, int known) {
  const auto found = number(connection, std::string("SELECT value FROM meta WHERE name='") + name + "'");
  if (found == known) return;
  const std::string what =
      path + " has " + name + " version " + std::to_string(found) + ", this program knows " + std::to_string(known) + ": ";
  throw error(errc::unsupported,
              what + (found > known ? "open it with a newer Kinship"
                                    : "copy its documents into a new file with the Kinship that wrote it"));
}

}  // namespace

void prepare_schema(Connection& connection, const std::string& path) {
  connection.execute("BEGIN IMMEDIATE");
  try {
    const bool ours = number(connection, "SELECT count(*) FROM sqlite_schema WHERE name IN ('meta','catalog')") == 2;
    if (!ours && number(connection, "SELECT count(*) FROM sqlite_schema") != 0)
      throw error(errc::store, path + " is an SQLite database of another program: choose another path");
    if (!ours) create(connection);
    check_version(connection, path, "format", format_version);
    check_version(connection, path, "key_encoding", key_encoding_version);
    connection.execute("COMMIT");
  } catch (...) {
    connection.forget_statements();
    try {
      connection.execute("ROLLBACK");
    } catch (const error&) {  // it was rolled back already
    }
    throw;
  }
}

}  // namespace kinship::sqlite
