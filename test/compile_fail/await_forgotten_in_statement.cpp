// expect: nodiscard
#include "models.hpp"

kinship::awaitable<void> program(kinship::Database db, Writer& writer) {
  db.save(writer);
  co_return;
}
