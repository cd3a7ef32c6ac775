// What collections and indexes there are, as read from the meta tables at one generation.
// Every transaction compares the generation, so that other connections and processes may create and drop.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <kinship/value/bson.hpp>

#include "index_keys.hpp"

namespace kinship::sqlite {

class Connection;

struct Index {
  std::int64_t id{};
  std::string name{};
  bson::Document keys{};
  IndexSpec spec{};
  bool multikey{};  // some document brought, or once brought, an array
};

struct CollectionInfo {
  std::int64_t id{};
  std::string name{};
  std::vector<Index> indexes{};  // the first is the one on _id

  const Index* index(std::string_view name) const noexcept;
};

class Catalog {
 public:
  static Catalog load(Connection& connection, std::int64_t generation);

  std::int64_t generation() const noexcept { return generation_; }
  const CollectionInfo* find(std::string_view name) const noexcept;
  CollectionInfo* find(std::string_view name) noexcept;
  const std::map<std::string, CollectionInfo, std::less<>>& collections() const noexcept { return collections_; }

  // Changes, inside a write transaction: in the tables, here, and a new generation.
  CollectionInfo& create(Connection& connection, std::string_view name);
  void drop(Connection& connection, std::string_view name);
  Index& add_index(Connection& connection, CollectionInfo& collection, std::string name, bson::DocumentView keys,
                   bool unique, bool sparse);
  void set_multikey(Connection& connection, Index& index);

 private:
  void next_generation(Connection& connection);
  std::int64_t insert_row(Connection& connection, std::int64_t collection, std::string_view name, std::string_view keys,
                          int flags);

  std::map<std::string, CollectionInfo, std::less<>> collections_;
  std::int64_t generation_{-1};
};

}  // namespace kinship::sqlite
