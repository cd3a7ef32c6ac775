// expect: kinship: push, pull, pop and add_to_set change arrays; this member is none
#include "models.hpp"

kinship::Update tagged() { return kinship::push<&Book::title>("x"); }
