// 2. Relationships, and why a naive loop is cheap: what one of them loads, its siblings of the same result get along with
// it.
#include <boost/describe.hpp>
#include <kinship/kinship.hpp>
#include <string>
#include <vector>

#include "run_program.hpp"

struct Author;
struct Book;
struct Review;
struct Shelf;
struct Placed;

struct Author {
  kinship::ObjectId id{};
  std::string name{};
  kinship::OneToMany<Book> books{};
};
struct Book {
  kinship::ObjectId id{};
  kinship::BelongsTo<Author> author{};  // stored as "author_id": the reference is the foreign key
  std::string title{};
  kinship::OneToMany<Review> reviews{}, best_review{};
  kinship::ManyToMany<Shelf> shelves{};
};
struct Review {
  kinship::ObjectId id{};
  kinship::BelongsTo<Book> book{};
  int stars{};
  std::string text{};
};
struct Shelf {
  kinship::ObjectId id{};
  std::string name{};
  kinship::ManyToMany<Book> books{};
};
struct Placed {  // which book stands on which shelf
  kinship::ObjectId id{};
  kinship::BelongsTo<Book> book{};
  kinship::BelongsTo<Shelf> shelf{};
};
BOOST_DESCRIBE_STRUCT(Author, (), (id, name))
BOOST_DESCRIBE_STRUCT(Book, (), (id, author, title))
BOOST_DESCRIBE_STRUCT(Review, (), (id, book, stars, text))
BOOST_DESCRIBE_STRUCT(Shelf, (), (id, name))
BOOST_DESCRIBE_STRUCT(Placed, (), (id, book, shelf))

kinship::Model mapping(kinship::of<Author>) {
  return kinship::define<Author>("authors").one_to_many<&Author::books, &Book::author>({.cascade_delete = true});
}
kinship::Model mapping(kinship::of<Book>) {
  return kinship::define<Book>("books")
      .belongs_to<&Book::author>()
      .one_to_many<&Book::reviews, &Review::book>({.cascade_delete = true})
      .one_to_many<&Book::best_review, &Review::book>({.order_by = {{"stars", -1}}, .limit = 1})  // one for each book
      .many_to_many<&Book::shelves, &Placed::book, &Placed::shelf>();
}
kinship::Model mapping(kinship::of<Review>) { return kinship::define<Review>("reviews").belongs_to<&Review::book>(); }
kinship::Model mapping(kinship::of<Shelf>) {
  return kinship::define<Shelf>("shelves").many_to_many<&Shelf::books, &Placed::shelf, &Placed::book>();
}
kinship::Model mapping(kinship::of<Placed>) {
  return kinship::define<Placed>("placed").belongs_to<&Placed::book>().belongs_to<&Placed::shelf>();
}

// 3 authors with 4 books each, and 2 reviews of each book.
kinship::awaitable<void> fill(kinship::Database db) {
  std::vector<Author> authors(3);
  for (std::size_t i = 0; i < authors.size(); ++i) authors[i].name = "author " + std::to_string(i + 1);
  co_await db.insert_many(authors);
  std::vector<Book> books;
  for (const Author& author : authors)
    for (int i = 1; i <= 4; ++i) {
      Book& book = books.emplace_back();
      book.author = author;
      book.title = author.name + ", book " + std::to_string(i);
    }
  co_await db.insert_many(books);
  std::vector<Review> reviews;
  for (const Book& book : books)
    for (int stars : {3, 5}) {
      Review& review = reviews.emplace_back();
      review.book = book;
      review.stars = stars;
      review.text = std::to_string(stars) + " stars for " + book.title;
    }
  co_await db.insert_many(reviews);
}

kinship::awaitable<void> program(std::string store) {
  auto db = co_await kinship::connect(store);
  db.models<Author, Book, Review, Shelf, Placed>();
  co_await db.ensure_indexes<Author, Book, Review, Shelf, Placed>();
  co_await fill(db);

  // Naive, sequential, nested; three queries in all, however many authors there are.
  auto before = db.stats().operations;
  int stars = 0;
  auto authors = co_await db.find<Author>().order_by<&Author::name>().all();
  for (Author& author : authors)
    for (Book& book : co_await author.books.all())
      for (const Review& review : co_await book.reviews.all()) stars += review.stars;
  std::cout << stars << " stars in " << db.stats().operations - before << " queries\n";

  // A limit on a relationship is for each owner.
  before = db.stats().operations;
  auto books = co_await db.find<Book>().all();
  int best = 0;
  for (Book& book : books)
    for (const Review& review : co_await book.best_review.all()) best += review.stars;
  std::cout << books.size() << " books, " << best << " stars of their best reviews, " << db.stats().operations - before
            << " queries\n";

  // Said beforehand, whole paths at once; then reading needs no co_await.
  auto fresh = co_await db.find<Author>().order_by<&Author::name>().all();
  before = db.stats().operations;
  co_await db.batch_load(fresh, &Author::books, &Book::reviews);
  for (const Author& author : fresh) {
    std::size_t reviews = 0;
    for (const Book& book : author.books) reviews += book.reviews.size();
    std::cout << author.name << ": " << author.books.size() << " books, " << reviews << " reviews\n";
  }
  std::cout << "batch_load: " << db.stats().operations - before << " queries\n";

  // Many to many through a join model.
  Shelf blue;
  blue.name = "blue";
  co_await db.insert(blue);
  Book& first = books[0];
  co_await first.shelves.add(blue);
  co_await first.shelves.add(blue);  // there already: nothing happens
  for (const Book& book : co_await blue.books.all()) std::cout << "on the blue shelf: " << book.title << '\n';
  co_await first.shelves.remove(blue);
  std::cout << "left there: " << co_await blue.books.count() << '\n';

  // What is not loaded is never loaded in secret.
  auto unread = co_await db.find<Author>().first();
  try {
    for (const Book& book : unread->books) std::cout << book.title << '\n';
  } catch (const kinship::error& error) {
    std::cout << (error.code() == kinship::errc::not_loaded ? "not loaded\n" : error.what());
  }
  co_await db.close();
}

int main(int argc, char** argv) { return run_program(program(store_named(argc, argv))); }
