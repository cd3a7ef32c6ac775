// SQLite's backup API from one snapshot into "<path>.part", which gets its name only when it is complete.
// An existing file is never overwritten, also not one that appears meanwhile: the name is given by link().
#include "backup.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "errors.hpp"

namespace kinship::sqlite {
namespace {

constexpr int pages_between_checks = 256;

[[noreturn]] void refuse(const std::string& path, int code) {
  const std::string why = code == EEXIST ? "it exists already: choose another name" : std::strerror(code);
  throw error(errc::unavailable, "A backup cannot be written to " + path + ": " + why);
}

struct File {
  explicit File(std::string name) : path(std::move(name)) {
    const int fd = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (fd < 0) refuse(path, errno);
    ::close(fd);
  }
  ~File() { unlink(path.c_str()); }
  std::string path;
};

struct Target {
  explicit Target(const std::string& path) {
    const int code = sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code == SQLITE_OK) return;
    sqlite3_close_v2(db);
    throw_store_error(nullptr, code, "opening " + path);
  }
  ~Target() { sqlite3_close_v2(db); }
  sqlite3* db{};
};

}  // namespace

void BackupJob::run(Connection& connection) {
  if (access(path_.c_str(), F_OK) == 0) refuse(path_, EEXIST);
  const File part(path_ + ".part");
  {
    const Target target(part.path);
    // The job's transaction is open on `connection`, so all steps copy the same snapshot.
    sqlite3_backup* backup = sqlite3_backup_init(target.db, "main", connection.handle(), "main");
    if (backup == nullptr) throw_store_error(target.db, sqlite3_errcode(target.db), "starting a backup");
    int code = SQLITE_OK;
    while (code == SQLITE_OK && !stop_requested()) code = sqlite3_backup_step(backup, pages_between_checks);
    sqlite3_backup_finish(backup);
    connection.check();
    if (code != SQLITE_DONE) throw_store_error(nullptr, code, "writing the backup " + part.path);
  }
  if (link(part.path.c_str(), path_.c_str()) != 0) refuse(path_, errno);
}

}  // namespace kinship::sqlite
