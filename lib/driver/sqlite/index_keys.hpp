// From a document to the keys under which an index holds it: one for each combination of array elements, deduplicated.
// Missing is indexed as null, [] as undefined (just below null).
#pragma once

#include <string>
#include <vector>

#include <kinship/value/bson.hpp>

#include "path.hpp"

namespace kinship::sqlite {

struct IndexField {
  Path path;
  bool descending{};
};

struct IndexSpec {
  std::vector<IndexField> fields;
  bool unique{};
  bool sparse{};

  /// From {"a": 1, "b.c": -1}. Errors: no field, more than 32, an empty or $-prefixed name component, the same field twice,
  /// or a direction that is no number but 0: `invalid_query`, code 67; special kinds ("text", "2dsphere", "hashed"):
  /// `unsupported`.
  static IndexSpec compile(bson::DocumentView keys, bool unique = false, bool sparse = false);
};

struct IndexKeys {
  std::vector<std::string> keys;  // sorted, each once; empty: a sparse index skips the document
  bool multikey{};                // an array was passed: bounds on this index follow the rules for arrays
};

/// Two arrays side by side in one compound index are `invalid_query`, code 171.
IndexKeys extract(const IndexSpec& spec, bson::DocumentView document);
/// The same into `out`, whose memory is used again.
void extract(const IndexSpec& spec, bson::DocumentView document, IndexKeys& out);

}  // namespace kinship::sqlite
