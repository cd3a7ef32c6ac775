// Index keys are computed again from the documents; both sides must be equal, key by key and rid by rid.
// Multikey marks must be set where an array was indexed.
#include "faults/verify.hpp"

#include <set>
#include <utility>

#include "driver/sqlite/connection.hpp"

namespace kinship::test {
namespace {

using Entries = std::set<std::pair<std::string, std::int64_t>>;

std::string verify_index(sqlite::Connection& connection, const sqlite::CollectionInfo& collection,
                         const sqlite::Index& index) {
  Entries expected, found;
  sqlite::IndexKeys keys;
  auto documents = connection.prepare_once("SELECT doc,rid FROM c" + std::to_string(collection.id));
  while (documents.step()) {
    const std::string_view bytes = documents.bytes(0);
    const auto view = bson::validate(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    sqlite::extract(index.spec, view, keys);
    if (keys.multikey && !index.multikey) return index.name + " holds an array but is not marked multikey";
    for (auto& key : keys.keys) expected.emplace(std::move(key), documents.integer(1));
  }
  auto entries = connection.prepare_once("SELECT key,rid FROM i" + std::to_string(index.id));
  while (entries.step()) found.emplace(std::string(entries.bytes(0)), entries.integer(1));
  if (expected == found) return {};
  return collection.name + "." + index.name + " has " + std::to_string(found.size()) + " entries, the documents make " +
         std::to_string(expected.size());
}

}  // namespace

std::string verify_file(const std::string& path) {
  sqlite::ConnectionOptions options;
  options.path = path;
  sqlite::Connection connection(options);
  connection.execute("BEGIN");
  connection.refresh();
  {
    auto check = connection.prepare_once("PRAGMA integrity_check");
    while (check.step())
      if (check.bytes(0) != "ok") return std::string(check.bytes(0));
  }
  for (const auto& [name, collection] : connection.catalog().collections())
    for (const auto& index : collection.indexes)
      if (auto wrong = verify_index(connection, collection, index); !wrong.empty()) return wrong;
  return {};
}

}  // namespace kinship::test
