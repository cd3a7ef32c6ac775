// The one total order of BSON values that everything else follows: sorting, index keys, range filters, $min and $max.
// Numbers of the four types compare by exact value; objects field by field in stored order.
#pragma once

#include <kinship/value/bson.hpp>

namespace kinship::sqlite {

/// Negative, zero or positive, as `memcmp`. MinKey < undefined < null = missing < numbers < string = symbol < object < array
/// < binary < ObjectId < bool < date < timestamp < regex < dbPointer < code < code with scope < MaxKey. NaN equals NaN and
/// is below every other number; -0.0 equals 0. Depth is bounded because documents are validated before they get here.
int compare(bson::ValueView a, bson::ValueView b);

/// As above, of whole documents (or arrays): type, name, value of each field in order; a prefix is less.
int compare_documents(bson::DocumentView a, bson::DocumentView b);

/// The place of a type in that order. Two values are comparable by $gt and its kin only within one bracket; the numbers are
/// also the type bytes of index keys, so they are part of the file format (see key_encoding_version). Never 0, 1, 0xfe,
/// 0xff.
std::uint8_t type_bracket(bson::Type type) noexcept;

bool is_nan(bson::ValueView value) noexcept;

}  // namespace kinship::sqlite
