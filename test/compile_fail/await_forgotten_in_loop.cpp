// expect: begin
#include "models.hpp"

int years(Writer& writer) {
  int sum = 0;
  for (const Book& book : writer.books.all()) sum += book.year;
  return sum;
}
