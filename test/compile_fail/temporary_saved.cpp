// expect: kinship: name the object first
#include "models.hpp"

kinship::awaitable<void> program(kinship::Database db) { co_await db.save(Writer()); }
