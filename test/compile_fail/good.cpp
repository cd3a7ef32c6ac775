// expect nothing: the control, without which every other sample could fail for a reason of its own.
#include "models.hpp"

kinship::awaitable<int> program(kinship::Database db) {
  Writer writer{.name = "Jane"};
  co_await db.save(writer);
  int years = 0;
  for (const Book& book : co_await writer.books.where(kinship::field<&Book::year> > 1800).all()) years += book.year;
  co_return years;
}
