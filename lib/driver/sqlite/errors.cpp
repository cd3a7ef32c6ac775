// The sentences for SQLite's failures.
// Extended result codes are on; the primary code decides the kind, SQLite's own message is always in the text.
#include "errors.hpp"

#include <sqlite3.h>

#include <new>

namespace kinship::sqlite {
namespace {

struct Advice {
  errc code;
  const char* text;
};

Advice advice(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {errc::store, "the disk is full; free space and try again, nothing of this operation was kept"};
    case SQLITE_READONLY:
      return {errc::unavailable, "the file or its folder is read-only; make both writable for this process"};
    case SQLITE_CANTOPEN:
      return {errc::unavailable, "the file cannot be opened; check that its folder exists and is writable"};
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {errc::unavailable, "this process may not use the file; check its permissions"};
    case SQLITE_NOTADB:
      return {errc::store, "the file is not a database; check the path, or move the file away"};
    case SQLITE_CORRUPT:
      return {errc::store, "the file is damaged; restore a backup, or recover it with the sqlite3 shell's .recover"};
    case SQLITE_IOERR:
      return {errc::unavailable, "reading or writing the disk failed; check the disk and the system log"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {errc::timeout, "another process kept the file locked; try again, or raise busy_timeout"};
    case SQLITE_TOOBIG:
      return {errc::invalid_query, "a document or key is larger than the store takes"};
    default:
      return {errc::store, "SQLite refused; this may be a bug worth reporting"};
  }
}

}  // namespace

void throw_store_error(sqlite3* db, int code, const std::string& doing) {
  if ((code & 0xff) == SQLITE_NOMEM) throw std::bad_alloc();
  const std::string message = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  if ((code & 0xff) == SQLITE_INTERRUPT) throw error(errc::cancelled, "The operation was stopped while " + doing);
  const Advice a = advice(code);
  throw error(a.code, "SQLite said \"" + message + "\" while " + doing + ": " + a.text);
}

bool is_item_error(const error& e) noexcept {
  const auto& code = e.code();
  return code == errc::duplicate_key || code == errc::invalid_query || code == errc::type_mismatch ||
         code == errc::unsupported || code == errc::conflict;
}

}  // namespace kinship::sqlite
