// Prepared statements: one that resets itself when its use ends, and all SQL texts this driver ever runs on user data.
// Names of users never reach SQL; tables are numbered.
#pragma once

#include <cstdint>
#include <string_view>

#include <kinship/value/bson.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace kinship::sqlite {

/// What a cached statement does; `statement_text` has the SQL. $c is the collection's number, $i the index's.
enum class Sql : std::uint8_t {
  insert_document,
  update_document,
  delete_document,
  get_document,
  scan_all,
  scan_all_rids,
  count_all,
  insert_key,
  delete_key,
  find_key,
  scan_points,
  scan_ranges,
  scan_forward,
  scan_backward,
  rids_points,
  rids_ranges,
  count_points,
  count_ranges,
  generation,
  begin,
  begin_write,
  commit,
  rollback,
  savepoint,
  release,
  size_
};

const char* statement_text(Sql kind) noexcept;

/// Borrowed use of a cached statement: resets it at the end.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* handle) noexcept : handle_(handle) {}
  Statement(Statement&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
  Statement& operator=(Statement&& other) noexcept;
  ~Statement() { end(); }

  void bind(int at, std::int64_t value);
  /// The bytes must live until the statement is reset.
  void bind(int at, std::string_view bytes);
  void bind_pointer(int at, const void* pointer, const char* type);
  /// True: there is a row.
  bool step();
  /// Runs it to its end.
  void run();
  /// As `run`, but a violated uniqueness gives false instead of an error.
  bool try_insert();
  void reset() noexcept;
  std::int64_t integer(int column) const noexcept;
  std::string_view bytes(int column) const noexcept;
  /// A column that holds a document. Checked before it is looked at: a damaged file must not take the process along.
  bson::DocumentView document(int column) const;

 private:
  void end() noexcept;
  [[noreturn]] void fail(int code) const;
  sqlite3_stmt* handle_;
};

}  // namespace kinship::sqlite
