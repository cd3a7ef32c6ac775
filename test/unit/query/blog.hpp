// A catalogue as the model layer would make it, for the tests of the resolvers.
// Post has one field of each kind; comments nest, `extra` is json, `counts` a map.
#pragma once

#include <kinship/query/resolve.hpp>
#include <string>

namespace kinship::test {

inline StoredType of_kind(StoredKind kind) { return StoredType{kind, false, false, false}; }
inline StoredType array_of(StoredKind kind) { return StoredType{kind, true, false, false}; }
inline StoredType optional_of(StoredKind kind) { return StoredType{kind, false, true, false}; }

inline const FieldCatalog& comment_catalog() {
  static const FieldCatalog catalog{"Comment",
                                    {{"text", "text", of_kind(StoredKind::string), nullptr},
                                     {"likes", "n", of_kind(StoredKind::int32), nullptr},
                                     {"marks", "marks", array_of(StoredKind::string), nullptr}}};
  return catalog;
}

inline const FieldCatalog& post_catalog() {
  static const FieldCatalog catalog{"Post",
                                    {{"id", "_id", of_kind(StoredKind::object_id), nullptr},
                                     {"author", "author_id", StoredType{StoredKind::object_id, false, true, true}, nullptr},
                                     {"title", "title", of_kind(StoredKind::string), nullptr},
                                     {"subtitle", "sub", optional_of(StoredKind::string), nullptr},
                                     {"likes", "likes", of_kind(StoredKind::int32), nullptr},
                                     {"views", "views", of_kind(StoredKind::int64), nullptr},
                                     {"score", "score", of_kind(StoredKind::floating), nullptr},
                                     {"active", "active", of_kind(StoredKind::boolean), nullptr},
                                     {"price", "price", of_kind(StoredKind::decimal128), nullptr},
                                     {"uuid", "uuid", of_kind(StoredKind::uuid), nullptr},
                                     {"created_at", "created_at", of_kind(StoredKind::date), nullptr},
                                     {"status", "status", of_kind(StoredKind::enumeration), nullptr},
                                     {"tags", "tags", array_of(StoredKind::string), nullptr},
                                     {"tag_ids", "tag_ids", StoredType{StoredKind::object_id, true, false, true}, nullptr},
                                     {"scores", "scores", array_of(StoredKind::int32), nullptr},
                                     {"comments", "comments", array_of(StoredKind::document), &comment_catalog()},
                                     {"pinned", "pinned", optional_of(StoredKind::document), &comment_catalog()},
                                     {"extra", "extra", of_kind(StoredKind::any), nullptr},
                                     {"counts", "counts", of_kind(StoredKind::map), nullptr}}};
  return catalog;
}

/// The resolved filter as text: {"a": 1}.
inline std::string filter(const Condition& condition) {
  return describe(Value(resolve_filter(condition, post_catalog())), 4000);
}

inline std::string update(const Update& change) { return describe(Value(resolve_update(change, post_catalog())), 4000); }

}  // namespace kinship::test
