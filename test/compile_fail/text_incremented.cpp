// expect: kinship: inc and mul change numbers; this member is none
#include "models.hpp"

kinship::Update more() { return kinship::inc<&Book::title>(1); }
