// expect: kinship: an observer takes one of the events by reference to const
#include "models.hpp"

void watch(kinship::Database db) {
  db.observe([](int) {});
}
