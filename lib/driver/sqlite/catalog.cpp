// Reading and changing the `catalog` table: a row without keys is a collection, the others are its indexes.
// Numbers are never used twice (AUTOINCREMENT), so a cached statement can never mean another table.
#include "catalog.hpp"

#include "connection.hpp"

namespace kinship::sqlite {
namespace {

enum Flags { unique = 1, sparse = 2, multikey = 4 };

bson::Document from_bytes(std::string_view bytes) {
  return bson::Document(bson::validate(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

std::string_view to_bytes(bson::DocumentView view) { return {reinterpret_cast<const char*>(view.data()), view.size()}; }

}  // namespace

const Index* CollectionInfo::index(std::string_view wanted) const noexcept {
  for (const Index& i : indexes)
    if (i.name == wanted) return &i;
  return nullptr;
}

Catalog Catalog::load(Connection& connection, std::int64_t generation) {
  Catalog catalog;
  catalog.generation_ = generation;
  std::map<std::int64_t, CollectionInfo*> by_id;
  Statement rows = connection.prepare_once("SELECT id,collection,name,keys,flags FROM catalog ORDER BY id");
  while (rows.step()) {
    const std::int64_t id = rows.integer(0), owner = rows.integer(1);
    std::string name(rows.bytes(2));
    const auto flags = rows.integer(4);
    if (owner == 0) {
      auto& collection = catalog.collections_[name];
      collection.id = id;
      collection.name = std::move(name);
      by_id[id] = &collection;
      continue;
    }
    Index index{id, std::move(name), from_bytes(rows.bytes(3)), {}, (flags & multikey) != 0};
    index.spec = IndexSpec::compile(index.keys, (flags & unique) != 0, (flags & sparse) != 0);
    if (const auto at = by_id.find(owner); at != by_id.end()) at->second->indexes.push_back(std::move(index));
  }
  return catalog;
}

const CollectionInfo* Catalog::find(std::string_view name) const noexcept {
  const auto at = collections_.find(name);
  return at == collections_.end() ? nullptr : &at->second;
}

CollectionInfo* Catalog::find(std::string_view name) noexcept {
  const auto at = collections_.find(name);
  return at == collections_.end() ? nullptr : &at->second;
}

void Catalog::next_generation(Connection& connection) {
  generation_ = generation_ % INT32_MAX + 1;
  connection.execute("PRAGMA user_version=" + std::to_string(generation_));
}

std::int64_t Catalog::insert_row(Connection& connection, std::int64_t collection, std::string_view name,
                                 std::string_view keys, int flags) {
  Statement insert =
      connection.prepare_once("INSERT INTO catalog(collection,name,keys,flags) VALUES(?1,?2,?3,?4) RETURNING id");
  insert.bind(1, collection);
  insert.bind(2, name);
  insert.bind(3, keys);
  insert.bind(4, static_cast<std::int64_t>(flags));
  std::int64_t id = 0;
  while (insert.step()) id = insert.integer(0);
  return id;
}

CollectionInfo& Catalog::create(Connection& connection, std::string_view name) {
  const std::int64_t id = insert_row(connection, 0, name, {}, 0);
  connection.execute("CREATE TABLE c" + std::to_string(id) + "(rid INTEGER PRIMARY KEY, doc BLOB NOT NULL)");
  CollectionInfo& collection = collections_[std::string(name)];
  collection.id = id;
  collection.name = name;
  bson::Builder keys;
  keys.append_int32("_id", 1);
  add_index(connection, collection, "_id_", keys.finish(), true, false);
  return collection;
}

void Catalog::drop(Connection& connection, std::string_view name) {
  const auto at = collections_.find(name);
  if (at == collections_.end()) return;
  connection.forget_statements();
  const std::string id = std::to_string(at->second.id);
  for (const Index& index : at->second.indexes) connection.execute("DROP TABLE i" + std::to_string(index.id));
  connection.execute("DROP TABLE c" + id);
  connection.execute("DELETE FROM catalog WHERE id=" + id + " OR collection=" + id);
  collections_.erase(at);
  next_generation(connection);
}

Index& Catalog::add_index(Connection& connection, CollectionInfo& collection, std::string name, bson::DocumentView keys,
                          bool is_unique, bool is_sparse) {
  Index index{0, std::move(name), bson::Document(keys), IndexSpec::compile(keys, is_unique, is_sparse), false};
  index.id =
      insert_row(connection, collection.id, index.name, to_bytes(keys), (is_unique ? unique : 0) | (is_sparse ? sparse : 0));
  connection.execute("CREATE TABLE i" + std::to_string(index.id) +
                     (is_unique ? "(key BLOB PRIMARY KEY, rid INTEGER NOT NULL) WITHOUT ROWID"
                                : "(key BLOB, rid INTEGER, PRIMARY KEY(key,rid)) WITHOUT ROWID"));
  next_generation(connection);
  collection.indexes.push_back(std::move(index));
  return collection.indexes.back();
}

void Catalog::set_multikey(Connection& connection, Index& index) {
  Statement update = connection.prepare_once("UPDATE catalog SET flags=flags|4 WHERE id=?1");
  update.bind(1, index.id);
  update.run();
  index.multikey = true;
  next_generation(connection);
}

}  // namespace kinship::sqlite
