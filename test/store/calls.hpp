// Short blocking calls on any driver, for tests that open their own.
#pragma once

#include <string>
#include <vector>

#include "store/fixture.hpp"

namespace kinship::test {

inline WriteReply insert(Driver& driver, const std::string& collection, std::vector<bson::Document> documents) {
  WriteOperation operation;
  operation.collection = collection;
  for (auto& document : documents) operation.items.push_back(insert_item(std::move(document)));
  return run(driver.write(std::move(operation)));
}

inline std::uint64_t count(Driver& driver, const std::string& collection, bson::Document filter = {}) {
  CountOperation operation;
  operation.collection = collection;
  operation.filter = std::move(filter);
  return run(driver.count(std::move(operation)));
}

inline void create_index(Driver& driver, const std::string& collection, bson::Document keys, bool unique = false) {
  CreateIndexOperation operation;
  operation.collection = collection;
  operation.keys = std::move(keys);
  operation.unique = unique;
  run(driver.create_index(std::move(operation)));
}

}  // namespace kinship::test
