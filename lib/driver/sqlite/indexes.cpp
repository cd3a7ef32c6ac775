// Asking for an index that exists is nothing to do; the same name or keys with other options is refused, as in MongoDB.
// A duplicate among the documents fails the whole job, whose transaction takes the half-made index away.
#include "indexes.hpp"

#include "duplicate_key.hpp"
#include "write_item.hpp"

namespace kinship::sqlite {
namespace {

constexpr int index_options_conflict = 85;
constexpr int index_key_specs_conflict = 86;

std::string name_of(bson::DocumentView keys, const IndexSpec& spec) {
  std::string name;
  std::size_t i = 0;
  for (const auto& element : keys) {
    const IndexField& field = spec.fields[i++];
    name += (name.empty() ? "" : "_") + std::string(element.name) + (field.descending ? "_-1" : "_1");
  }
  return name;
}

[[noreturn]] void refuse(const Index& index, int code) {
  ErrorContext context;
  context.store_code = code;
  throw error(errc::invalid_query,
              "The index " + index.name + " exists with other " +
                  (code == index_key_specs_conflict ? "keys or options" : "options") +
                  ": choose another name, or drop the collection's index first",
              std::move(context));
}

[[noreturn]] void refuse_options(bson::DocumentView options) {
  std::string names;
  for (const auto& option : options) names += (names.empty() ? "" : ", ") + std::string(option.name);
  throw error(errc::unsupported,
              "The embedded store has no index with " + names + ": its indexes are plain, unique or sparse");
}

bool same_fields(const IndexSpec& a, const IndexSpec& b) {
  if (a.fields.size() != b.fields.size()) return false;
  for (std::size_t i = 0; i < a.fields.size(); ++i)
    if (!(a.fields[i].path == b.fields[i].path) || a.fields[i].descending != b.fields[i].descending) return false;
  return true;
}

// True: it is there already.
bool exists(const CollectionInfo& collection, const std::string& name, const IndexSpec& spec) {
  for (const Index& index : collection.indexes) {
    const bool same_name = index.name == name, fields = same_fields(index.spec, spec);
    if (!same_name && !fields) continue;
    // The one on _id is unique whether that was asked for or not.
    const bool options = (index.name == "_id_" || index.spec.unique == spec.unique) && index.spec.sparse == spec.sparse;
    if (fields && options && (same_name || index.name == "_id_")) return true;
    refuse(index, same_name && (!fields || !options) ? index_key_specs_conflict : index_options_conflict);
  }
  return false;
}

void fill(Connection& connection, const CollectionInfo& collection, Index& index) {
  Statement rows = connection.statement(Sql::scan_all, collection.id);
  Statement insert = connection.statement(Sql::insert_key, 0, index.id);
  IndexKeys keys;
  bool multikey = false;
  while (rows.step()) {
    connection.check();
    const bson::DocumentView document = rows.document(0);
    extract(index.spec, document, keys);
    multikey = multikey || keys.multikey;
    insert.bind(2, rows.integer(1));
    for (const std::string& key : keys.keys) {
      insert.bind(1, key);
      if (!insert.try_insert()) throw DuplicateKey(collection.name, index, document, key);
    }
  }
  if (multikey) connection.catalog().set_multikey(connection, index);
}

}  // namespace

void CreateIndexJob::run(Connection& connection) {
  if (!operation_.options.empty()) refuse_options(operation_.options.view());
  const IndexSpec spec = IndexSpec::compile(operation_.keys, operation_.unique, operation_.sparse);
  const std::string name = operation_.name.empty() ? name_of(operation_.keys, spec) : operation_.name;
  CollectionInfo& collection = collection_for_insert(connection, operation_.collection);
  if (exists(collection, name, spec)) return;
  Index& index = connection.catalog().add_index(connection, collection, name, operation_.keys, spec.unique, spec.sparse);
  fill(connection, collection, index);
}

}  // namespace kinship::sqlite
