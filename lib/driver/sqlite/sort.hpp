// A sort specification as a function from document to one byte string, so that sorting is comparing strings.
// Arrays sort by their smallest element ascending and their largest descending.
#pragma once

#include <string>
#include <vector>

#include <kinship/value/bson.hpp>

#include "index_keys.hpp"

namespace kinship::sqlite {

class Sorter {
 public:
  /// {"a": 1, "b.c": -1}. Errors are `invalid_query` with MongoDB's code (bad direction 15975, bad path 40352/15998...).
  static Sorter compile(bson::DocumentView sort);

  /// memcmp order of keys is the order asked for; documents with equal keys are ties. Parallel arrays: code 2.
  std::string key(bson::DocumentView document) const;
  void append_key(std::string& out, bson::DocumentView document) const;

  bool empty() const noexcept { return spec_.fields.empty(); }
  const std::vector<IndexField>& fields() const noexcept { return spec_.fields; }

 private:
  IndexSpec spec_;
};

}  // namespace kinship::sqlite
