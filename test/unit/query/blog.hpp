// A catalogue as the model layer would make it, for the tests of the resolvers.
// Post has one field of each kind; comments nest, `extra` is json, `counts` a map.
#pragma once

#include <kinship/query/resolve.hpp>
#include <string>

namespace kinship::test {

inline FieldType of_kind(FieldKind kind) { return FieldType{kind, false, false, false}; }
inline FieldType array_of(FieldKind kind) { return FieldType{kind, true, false, false}; }
inline FieldType optional_of(FieldKind kind) { return FieldType{kind, false, true, false}; }

inline const FieldCatalog& comment_catalog() {
  static const FieldCatalog catalog{"Comment",
                                    {{"text", "text", of_kind(FieldKind::string), nullptr},
                                     {"likes", "n", of_kind(FieldKind::int32), nullptr},
                                     {"marks", "marks", array_of(FieldKind::string), nullptr}}};
  return catalog;
}

inline const FieldCatalog& post_catalog() {
  static const FieldCatalog catalog{"Post",
                                    {{"id", "_id", of_kind(FieldKind::object_id), nullptr},
                                     {"author", "author_id", FieldType{FieldKind::object_id, false, true, true}, nullptr},
                                     {"title", "title", of_kind(FieldKind::string), nullptr},
                                     {"subtitle", "sub", optional_of(FieldKind::string), nullptr},
                                     {"likes", "likes", of_kind(FieldKind::int32), nullptr},
                                     {"views", "views", of_kind(FieldKind::int64), nullptr},
                                     {"score", "score", of_kind(FieldKind::floating), nullptr},
                                     {"active", "active", of_kind(FieldKind::boolean), nullptr},
                                     {"price", "price", of_kind(FieldKind::decimal128), nullptr},
                                     {"uuid", "uuid", of_kind(FieldKind::uuid), nullptr},
                                     {"created_at", "created_at", of_kind(FieldKind::date), nullptr},
                                     {"status", "status", of_kind(FieldKind::enumeration), nullptr},
                                     {"tags", "tags", array_of(FieldKind::string), nullptr},
                                     {"tag_ids", "tag_ids", FieldType{FieldKind::object_id, true, false, true}, nullptr},
                                     {"scores", "scores", array_of(FieldKind::int32), nullptr},
                                     {"comments", "comments", array_of(FieldKind::document), &comment_catalog()},
                                     {"pinned", "pinned", optional_of(FieldKind::document), &comment_catalog()},
                                     {"extra", "extra", of_kind(FieldKind::any), nullptr},
                                     {"counts", "counts", of_kind(FieldKind::map), nullptr}}};
  return catalog;
}

/// The resolved filter as text: {"a": 1}.
inline std::string filter(const Condition& condition) {
  return describe(Value(resolve_filter(condition, post_catalog())), 4000);
}

inline std::string update(const Update& change) { return describe(Value(resolve_update(change, post_catalog())), 4000); }

}  // namespace kinship::test
