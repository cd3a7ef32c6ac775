// A check of documents that validation leaves out: whether all their text is UTF-8.
// Apart from bson.hpp, because few need it.
#pragma once

#include <kinship/value/bson.hpp>

namespace kinship::bson {

/// Throws `kinship::error` (`store`) naming the field whose name or text is not UTF-8. `validate` does not look: stores hold
/// such strings, and they must stay readable. Of a validated document.
void check_utf8(DocumentView document);

}  // namespace kinship::bson
