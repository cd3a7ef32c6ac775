// expect: kinship: name the lambda first
#include "models.hpp"

kinship::awaitable<void> program(kinship::Database db, std::string name) {
  co_await db.transaction([name](kinship::Database tx) -> kinship::awaitable<void> {
    Writer writer{.name = name};
    co_await tx.save(writer);
  });
}
