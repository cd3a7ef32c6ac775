// expect: kinship: each member of a path must belong to the struct the one before it holds
#include "models.hpp"

auto broken = kinship::field<&Book::title, &Writer::name>.name();
