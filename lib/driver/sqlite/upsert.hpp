// The document an upsert inserts: the filter's equality fields, then the update or the replacement, then an `_id`.
// Also what every inserted document goes through: an `_id` of an allowed type, in front.
#pragma once

#include <cstdint>

#include <kinship/value/bson.hpp>

#include "update.hpp"

namespace kinship::sqlite {

/// Equality fields ({a: 1}, $eq, $and, one-element $in and $or), then the update with $setOnInsert. Two equalities for one
/// path (code 54) and paths inside one another are `invalid_query`.
bson::Document upsert_document(bson::DocumentView filter, const UpdateProgram& update, std::int64_t now_ms);

/// The replacement with `_id` from itself, else from the filter, else a new ObjectId. Differing ids are code 66.
bson::Document upsert_replacement(bson::DocumentView filter, bson::DocumentView replacement);

/// The document to store: `_id` in front, a new ObjectId if there is none. An `_id` that is an array, a regular expression
/// or undefined is code 53, $-prefixed fields inside an `_id` object code 52.
bson::Document prepare_insert(bson::DocumentView document);

}  // namespace kinship::sqlite
