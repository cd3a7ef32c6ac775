// expect: kinship: wrong model: this relationship holds another type
#include "models.hpp"

kinship::awaitable<void> program(Writer& writer, Writer& other) { co_await writer.books.add(other); }
