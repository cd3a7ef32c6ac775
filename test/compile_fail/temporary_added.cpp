// expect: kinship: name the object first: add gives it an id and binds its relationships, a temporary would lose both
#include "models.hpp"

kinship::awaitable<void> program(Writer& writer) { co_await writer.books.add(Book()); }
