// 1. A model, its mapping, and the life of one document: insert, find, change, remove.
#include <boost/describe.hpp>
#include <kinship/kinship.hpp>
#include <optional>
#include <string>

#include "run_program.hpp"

struct Book {
  kinship::ObjectId id{};  // nil until stored; in the store it is "_id"
  std::string title{};
  std::string author{};
  int year{};
  std::optional<double> rating{};  // nullopt is stored as no field at all
};
BOOST_DESCRIBE_STRUCT(Book, (), (id, title, author, year, rating))

kinship::Model mapping(kinship::of<Book>) { return kinship::define<Book>("books").index<&Book::author, &Book::year>(); }

kinship::awaitable<void> program(std::string store) {
  auto db = co_await kinship::connect(store);  // "sqlite::memory:"; or "sqlite:books.db", "mongodb://host/books"
  co_await db.ensure_indexes<Book>();

  Book emma{.title = "Emma", .author = "Jane Austen", .year = 1815};
  co_await db.insert(emma);  // makes the id
  std::vector<Book> more;
  more.push_back({.title = "Persuasion", .author = "Jane Austen", .year = 1817, .rating = 4.5});
  more.push_back({.title = "Middlemarch", .author = "George Eliot", .year = 1871, .rating = 4.8});
  co_await db.insert_many(more);

  // Conditions: a pair, or an expression over members; every where() is joined by "and".
  auto austen = co_await db.find<Book>().where({"author", "Jane Austen"}).order_by<&Book::year>().all();
  for (const Book& book : austen) std::cout << book.year << ' ' << book.title << '\n';

  auto since = kinship::field<&Book::year> > 1816 && kinship::field<&Book::rating> >= 4.6;
  auto found = co_await db.find<Book>().where(since).first();  // absence is no error: an optional
  std::cout << "best since 1816: " << (found ? found->title : "none") << '\n';

  emma.rating = 4.1;
  co_await db.save(emma);
  auto again = co_await db.get<Book>(emma.id);
  std::cout << "Emma has " << again->rating.value_or(0) << '\n';

  co_await db.find<Book>().where({"author", "George Eliot"}).update_all(kinship::set<&Book::rating>(5.0));
  std::cout << "with 5.0: " << co_await db.find<Book>().where({"rating", 5.0}).count() << '\n';

  // A wrong name is an error with a suggestion, not an empty result.
  try {
    co_await db.find<Book>().where({"titel", "Emma"}).all();
  } catch (const kinship::error& error) {
    if (error.code() == kinship::errc::unknown_field) std::cout << error.sentence() << '\n';
  }

  co_await db.remove(emma);
  std::cout << "left: " << co_await db.find<Book>().count() << '\n';
  co_await db.close();
}

int main(int argc, char** argv) { return run_program(program(store_named(argc, argv))); }
