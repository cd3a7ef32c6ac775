// From filter documents to expressions. The expressions borrow from the filter's bytes.
#pragma once

#include "matcher_expression.hpp"

namespace kinship::sqlite {

/// A whole filter: {a: 1, $or: [...]}.
ExpressionPointer parse_filter(bson::DocumentView filter);

/// The operators on one path, all of which must hold: {$gt: 1, $lt: 5}. With an empty path the result is for `test`.
ExpressionPointer parse_operators(std::string_view path, bson::DocumentView operators);

/// One operator; null for what is handled elsewhere ($options). `siblings`: the document it stands in.
ExpressionPointer parse_operator(std::string_view path, const bson::Element& element, bson::DocumentView siblings);

/// {$gt: 1}: an object whose first name begins with '$', unless it is a reference ({$ref: ..., $id: ...}).
bool is_operator_document(bson::ValueView value) noexcept;

/// "$and", "$or", ...: operators that stand where a field name would.
bool is_top_level_operator(std::string_view name) noexcept;

}  // namespace kinship::sqlite
