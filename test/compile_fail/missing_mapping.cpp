// expect: kinship: no mapping
#define WRITER_IS_MAPPED_BY_THE_SAMPLE
#include "models.hpp"

kinship::awaitable<void> program(kinship::Database db) { co_await db.find<Writer>().all(); }
