// expect: kinship: this member is a relationship, which is not stored on its owner
#include "models.hpp"

kinship::Condition none() { return kinship::field<&Writer::books>.is_null(); }
