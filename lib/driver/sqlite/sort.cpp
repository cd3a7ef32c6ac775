// A sort key is the first of the keys an index over the same fields would hold for the document.
#include "sort.hpp"

#include "query_error.hpp"

namespace kinship::sqlite {

void Sorter::append_key(std::string& out, bson::DocumentView document) const {
  if (spec_.fields.empty()) return;
  IndexKeys keys;
  try {
    extract(spec_, document, keys);
  } catch (const error& e) {
    if (e.store_code() != 171) throw;
    fail(2, "cannot sort with keys that are parallel arrays: two sort fields of one document hold arrays");
  }
  out += keys.keys.front();  // sorted, and inverted where descending
}

std::string Sorter::key(bson::DocumentView document) const {
  std::string key;
  append_key(key, document);
  return key;
}

}  // namespace kinship::sqlite
