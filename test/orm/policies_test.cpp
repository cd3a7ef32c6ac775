// What on_delete can say, each on a real store: nullify, restrict, pull, and trees that refer to themselves.
// Restrictions are looked for before anything is written; plans say so without throwing.
#include <doctest/doctest.h>

#include <boost/describe.hpp>
#include <kinship/kinship.hpp>

#include "support/run.hpp"

namespace policies {

struct Folder {
  kinship::ObjectId id{};
  std::string name{};
  kinship::BelongsTo<Folder> parent{};
  kinship::OneToMany<Folder> children{};
};
struct Loan;
struct Note;
struct Book;
struct Reader {
  kinship::ObjectId id{};
  std::string name{};
  kinship::OneToMany<Loan> loans{};
  kinship::OneToMany<Note> notes{};
};
struct Loan {
  kinship::ObjectId id{};
  kinship::BelongsTo<Reader> reader{};
};
struct Note {
  kinship::ObjectId id{};
  std::string text{};
  kinship::BelongsTo<Reader> writer{};
};
struct Shelf {
  kinship::ObjectId id{};
  std::string name{};
  kinship::ManyToMany<Book> books{};
};
struct Book {
  kinship::ObjectId id{};
  std::string title{};
  std::vector<kinship::ObjectId> shelf_ids{};
};
BOOST_DESCRIBE_STRUCT(Folder, (), (id, name, parent))
BOOST_DESCRIBE_STRUCT(Reader, (), (id, name))
BOOST_DESCRIBE_STRUCT(Loan, (), (id, reader))
BOOST_DESCRIBE_STRUCT(Note, (), (id, text, writer))
BOOST_DESCRIBE_STRUCT(Shelf, (), (id, name))
BOOST_DESCRIBE_STRUCT(Book, (), (id, title, shelf_ids))

kinship::Model mapping(kinship::of<Folder>) {
  return kinship::define<Folder>("folders").belongs_to<&Folder::parent>().one_to_many<&Folder::children, &Folder::parent>(
      {.cascade_delete = true});
}
kinship::Model mapping(kinship::of<Reader>) {
  return kinship::define<Reader>("readers")
      .one_to_many<&Reader::loans, &Loan::reader>({.on_delete = kinship::OnDelete::restrict})
      .one_to_many<&Reader::notes, &Note::writer>({.on_delete = kinship::OnDelete::nullify});
}
kinship::Model mapping(kinship::of<Loan>) { return kinship::define<Loan>("loans").belongs_to<&Loan::reader>(); }
kinship::Model mapping(kinship::of<Note>) { return kinship::define<Note>("notes").belongs_to<&Note::writer>(); }
kinship::Model mapping(kinship::of<Shelf>) {
  return kinship::define<Shelf>("shelves").many_to_many<&Shelf::books, &Book::shelf_ids>();
}
kinship::Model mapping(kinship::of<Book>) { return kinship::define<Book>("books"); }

using kinship::awaitable;
using kinship::CascadeAction;
using kinship::Database;

static awaitable<void> trees() {
  Database db = co_await kinship::connect("sqlite::memory:");
  std::vector<Folder> folders(40);
  for (std::size_t i = 0; i < folders.size(); ++i) {
    folders[i].name = std::to_string(i);
    if (i > 0) folders[i].parent = folders[(i - 1) / 3];
    co_await db.insert(folders[i]);
  }
  // The first folder lies in one of its own: a circle.
  folders[0].parent = folders[39];
  co_await db.save(folders[0]);
  auto plan = co_await db.plan_remove(folders[1]);
  CHECK(plan.deleted() == 13);
  auto result = co_await db.remove(folders[1]);
  CHECK(result.deleted() == 13);
  CHECK(co_await db.find<Folder>().count() == 27);
  auto rest = co_await db.remove(folders[0]);
  CHECK(rest.deleted() == 27);
  CHECK(co_await db.find<Folder>().count() == 0);
  co_await db.close();
}
TEST_CASE("a tree that refers to itself goes as far as it reaches, circles included") { kinship::test::run(trees()); }

static awaitable<void> restrictions() {
  Database db = co_await kinship::connect("sqlite::memory:");
  Reader lender, writer;
  lender.name = "lender";
  writer.name = "writer";
  co_await db.insert(lender);
  co_await db.insert(writer);
  Loan loan;
  loan.reader = lender;
  co_await db.insert(loan);
  Note own, other;
  own.text = "own";
  own.writer = lender;
  other.text = "other";
  other.writer = writer;
  co_await db.insert(own);
  co_await db.insert(other);

  auto plan = co_await db.plan_remove(lender);
  CHECK_FALSE(plan.allowed());
  REQUIRE(plan.steps().size() == 3);
  CHECK(plan.steps()[0] == kinship::CascadeStep{"Reader.loans", CascadeAction::restrict, "loans", 1});
  CHECK(plan.steps()[1] == kinship::CascadeStep{"Reader.notes", CascadeAction::nullify, "notes", 1});
  bool refused = false;
  try {
    auto result = co_await db.remove(lender);
  } catch (const kinship::error& e) {
    refused = e.code() == kinship::errc::restricted;
    CHECK(e.relationship() == "Reader.loans");
    CHECK(e.model() == "Reader");
  }
  CHECK(refused);
  auto untouched = co_await db.get<Note>(own.id);
  CHECK(untouched->writer.id() == lender.id);

  auto result = co_await db.remove(writer);
  CHECK(result.deleted() == 1);
  CHECK(result.updated() == 1);
  auto orphan = co_await db.get<Note>(other.id);
  CHECK(orphan->writer.id().is_none());
  co_await db.remove(loan);
  auto now = co_await db.remove(lender);
  CHECK(now.deleted() == 1);
  CHECK(co_await db.find<Note>().count() == 2);
  co_await db.close();
}
TEST_CASE("restrict forbids before anything is written; nullify unsets") { kinship::test::run(restrictions()); }

static awaitable<void> arrays() {
  Database db = co_await kinship::connect("sqlite::memory:");
  db.models<Shelf, Book>();
  Shelf high, low;
  co_await db.insert(high);
  co_await db.insert(low);
  Book book;
  book.title = "b";
  book.shelf_ids.push_back(high.id);
  book.shelf_ids.push_back(low.id);
  book.shelf_ids.push_back(high.id);
  co_await db.insert(book);
  auto result = co_await db.remove(high);
  CHECK(result.deleted() == 1);
  CHECK(result.updated() == 1);
  auto left = co_await db.get<Book>(book.id);
  REQUIRE(left->shelf_ids.size() == 1);
  CHECK(left->shelf_ids[0] == low.id);
  co_await db.close();
}
TEST_CASE("a removed object's id leaves the id arrays that hold it") { kinship::test::run(arrays()); }

}  // namespace policies
