// expect: kinship: this value cannot be stored in this member: their types do not fit
#include "models.hpp"

kinship::Update dated() { return kinship::set<&Book::year>("last year"); }
