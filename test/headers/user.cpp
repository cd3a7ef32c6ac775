// A typical translation unit of a user, for budget.sh: two models, their mapping, a handler that reads and writes.
#include <boost/describe.hpp>
#include <kinship/kinship.hpp>
#include <string>
#include <vector>

struct Book;
struct Writer {
  kinship::ObjectId id{};
  std::string name{};
  kinship::OneToMany<Book> books{};
};
struct Book {
  kinship::ObjectId id{};
  kinship::BelongsTo<Writer> writer{};
  std::string title{};
  int year{};
};
BOOST_DESCRIBE_STRUCT(Writer, (), (id, name))
BOOST_DESCRIBE_STRUCT(Book, (), (id, writer, title, year))

kinship::Model mapping(kinship::of<Writer>) {
  return kinship::define<Writer>("writers").one_to_many<&Writer::books, &Book::writer>({.cascade_delete = true});
}
kinship::Model mapping(kinship::of<Book>) { return kinship::define<Book>("books").belongs_to<&Book::writer>(); }

kinship::awaitable<std::vector<std::string>> titles(kinship::Database db, std::string name) {
  std::vector<std::string> found;
  auto writers = co_await db.find<Writer>().where({"name", name}).limit(10).all();
  for (Writer& writer : writers)
    for (const Book& book : co_await writer.books.all()) found.push_back(book.title);
  Book book{.title = "new"};
  if (!writers.empty()) co_await writers[0].books.add(book);
  co_return found;
}
