// expect: kinship: only an optional member (or a BelongsTo) can be set to null
#include "models.hpp"

kinship::Update emptied() { return kinship::set<&Book::year>(nullptr); }
