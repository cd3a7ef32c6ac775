// An eponymous virtual table with columns low, high and a hidden one for the bound pointer.
// Values are handed to SQLite without a copy; the list outlives the statement's run.
#include "keylist.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "errors.hpp"

namespace kinship::sqlite {

void KeyList::add(std::string_view low, std::string_view high, std::uint32_t origin) {
  entries_.push_back(
      {bytes_.size(), static_cast<std::uint32_t>(low.size()), static_cast<std::uint32_t>(high.size()), origin});
  bytes_.append(low);
  bytes_.append(high);
}

void KeyList::reserve(std::size_t count, std::size_t bytes_each) {
  entries_.reserve(count);
  bytes_.reserve(count * bytes_each);
}

void KeyList::sort_unique() {
  const char* base = bytes_.data();
  auto low = [base](const Entry& e) { return std::string_view(base + e.at, e.low); };
  auto less = [&](const Entry& a, const Entry& b) {
    const int order = low(a).compare(low(b));
    return order != 0 ? order < 0 : a.origin < b.origin;
  };
  if (!std::is_sorted(entries_.begin(), entries_.end(), less)) std::sort(entries_.begin(), entries_.end(), less);
  auto same = [&](const Entry& a, const Entry& b) { return low(a) == low(b); };
  entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
}

namespace {

struct ListCursor : sqlite3_vtab_cursor {
  const KeyList* keys;
  std::size_t at;
};

int connect(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** table, char**) {
  const int code = sqlite3_declare_vtab(db, "CREATE TABLE x(low BLOB, high BLOB, list HIDDEN)");
  if (code != SQLITE_OK) return code;
  *table = static_cast<sqlite3_vtab*>(sqlite3_malloc(sizeof(sqlite3_vtab)));
  if (*table == nullptr) return SQLITE_NOMEM;
  **table = sqlite3_vtab{};
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  sqlite3_free(table);
  return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& c = info->aConstraint[i];
    if (c.iColumn != 2 || c.op != SQLITE_INDEX_CONSTRAINT_EQ || !c.usable) continue;
    info->aConstraintUsage[i].argvIndex = 1;
    info->aConstraintUsage[i].omit = 1;
    info->estimatedCost = 1;
    info->estimatedRows = 100;
    return SQLITE_OK;
  }
  return SQLITE_CONSTRAINT;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  *cursor = new (std::nothrow) ListCursor{};
  return *cursor != nullptr ? SQLITE_OK : SQLITE_NOMEM;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete static_cast<ListCursor*>(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value** values) {
  auto* self = static_cast<ListCursor*>(cursor);
  self->keys = static_cast<const KeyList*>(sqlite3_value_pointer(values[0], KeyList::pointer_type));
  self->at = 0;
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++static_cast<ListCursor*>(cursor)->at;
  return SQLITE_OK;
}

int at_end(sqlite3_vtab_cursor* cursor) {
  const auto* self = static_cast<ListCursor*>(cursor);
  return self->keys == nullptr || self->at >= self->keys->size();
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int column) {
  const auto* self = static_cast<ListCursor*>(cursor);
  const std::string_view bytes = column == 0 ? self->keys->low(self->at) : self->keys->high(self->at);
  sqlite3_result_blob(context, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
  return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(static_cast<ListCursor*>(cursor)->at);
  return SQLITE_OK;
}

constexpr sqlite3_module make_module() {
  sqlite3_module m{};
  m.xConnect = connect;
  m.xBestIndex = best_index;
  m.xDisconnect = disconnect;
  m.xOpen = open;
  m.xClose = close;
  m.xFilter = filter;
  m.xNext = next;
  m.xEof = at_end;
  m.xColumn = column;
  m.xRowid = rowid;
  return m;
}
constexpr sqlite3_module module = make_module();

}  // namespace

void register_keylist(sqlite3* db) {
  const int code = sqlite3_create_module(db, "keylist", &module, nullptr);
  if (code != SQLITE_OK) throw_store_error(db, code, "opening the database");
}

}  // namespace kinship::sqlite
