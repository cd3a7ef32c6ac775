// Changes of single documents in a collection's table and in all of its index tables, which always say the same.
// A change that violates a unique index leaves nothing of itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "connection.hpp"
#include "duplicate_key.hpp"
#include "index_keys.hpp"

namespace kinship::sqlite {

class TableWriter {
 public:
  TableWriter(Connection& connection, CollectionInfo& collection) : connection_(connection), collection_(collection) {}

  void insert(bson::DocumentView document);
  void replace(std::int64_t rid, bson::DocumentView before, bson::DocumentView after);
  void remove(std::int64_t rid, bson::DocumentView document);

 private:
  struct Done {
    const Index* index;
    std::string key;
    bool added;
  };
  bool add_key(const Index& index, std::string_view key, std::int64_t rid);
  void remove_key(const Index& index, std::string_view key, std::int64_t rid);
  void extract_keys(Index& index, bson::DocumentView document, IndexKeys& keys);
  void take_back(std::int64_t rid, std::size_t from);

  Connection& connection_;
  CollectionInfo& collection_;
  IndexKeys old_keys_, new_keys_;
  std::vector<Done> done_;  // of the change under way
};

/// Refuses what is too large or too deep to be stored.
void check_storable(bson::DocumentView document);

}  // namespace kinship::sqlite
