// expect: kinship: this value cannot be compared with this member: their types do not fit
#include "models.hpp"

kinship::Condition recent() { return kinship::field<&Book::year> > "last year"; }
