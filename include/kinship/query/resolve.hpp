// From names a user wrote to what a store understands: conditions, updates, orders and projections become BSON with
// stored names, and values are checked and brought to their field's type.
#pragma once

#include <string>
#include <string_view>

#include <kinship/query/condition.hpp>
#include <kinship/query/field_catalog.hpp>
#include <kinship/query/order.hpp>
#include <kinship/query/select.hpp>
#include <kinship/query/update.hpp>
#include <kinship/value/bson.hpp>

namespace kinship {

/// All of these throw `unknown_field` (with the model and the nearest name) for a name the catalogue does not have and
/// `type_mismatch` (model, field, found, expected) for a value its field cannot hold. Pure; thread-safe.

/// Conditions on different fields lie side by side at the top level: the first `$in` on a field of a conjunction is found
/// there under its stored name. Repeated clauses and repeated keys of an `$in` are dropped.
bson::Document resolve_filter(const Condition& condition, const FieldCatalog& catalog);

/// {"$set": {...}, ...}. Null for an optional field unsets it; null for another is `type_mismatch`. An empty update is
/// `invalid_query`.
bson::Document resolve_update(const Update& update, const FieldCatalog& catalog);

/// {"likes": -1, ...}; a direction other than 1 and -1 is `invalid_query`.
bson::Document resolve_sort(const OrderBy& order, const FieldCatalog& catalog);

/// {"_id": 1, "title": 1, ...}; empty for the empty projection (whole documents).
bson::Document resolve_projection(const Projection& projection, const FieldCatalog& catalog);

/// A field with its dots and its type, and where it was found.
struct ResolvedField {
  std::string stored{};
  StoredType type{};
  const FieldCatalog* nested{};  // of a document field, or of the elements of an array of documents
};
ResolvedField resolve_field(std::string_view name, const FieldCatalog& catalog);

/// The value as its field stores it in a condition: text is parsed for ids, dates and decimals, arrays element by element.
/// `{"": value}`; null stays null.
bson::Document resolve_value(bson::ValueView value, std::string_view field, const FieldCatalog& catalog);

}  // namespace kinship
