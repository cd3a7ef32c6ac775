// expect: kinship: this model has no mapping. Declare `kinship::Model mapping(kinship::of<T>);` in the namespace of T
#define WRITER_IS_MAPPED_BY_THE_SAMPLE
#include "models.hpp"

kinship::awaitable<void> program(kinship::Database db) { co_await db.find<Writer>().all(); }
