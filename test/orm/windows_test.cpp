// Ways of loading: windows, single, strict, limits per owner, loaded with the owner; and concurrent loads that join.
// Every test counts store operations.
#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "orm/blog_data.hpp"
#include "orm/shelf.hpp"
#include "support/run.hpp"

namespace asio = boost::asio;
using kinship::awaitable;
using kinship::Database;
using kinship::testing::QueryCounter;
using namespace shelf;

static awaitable<Database> shelves(int count, int books) {
  Database db = co_await kinship::testing::memory();
  co_await db.ensure_indexes<Shelf, Book, Page>();
  std::vector<Shelf> made;
  std::vector<Book> made_books;
  std::vector<Page> pages;
  for (int s = 1; s <= count; ++s) {
    Shelf shelf;
    shelf.id = s;
    shelf.name = "s" + std::to_string(s);
    made.push_back(shelf);
    for (int b = 0; b < books; ++b) {
      Book book;
      book.id = s * 1000 + b;
      book.shelf = shelf;
      book.stars = b;
      made_books.push_back(book);
      Page page;
      page.id = book.id;
      page.book = book;
      pages.push_back(page);
    }
  }
  co_await db.insert_many(made);
  co_await db.insert_many(made_books);
  co_await db.insert_many(pages);
  co_return db;
}

static awaitable<void> windows() {
  Database db = co_await shelves(10, 4);
  auto all = co_await db.find<Shelf>().all();
  QueryCounter queries(db);
  for (Shelf& shelf : all) {
    auto books = co_await shelf.windowed.all();
    CHECK(books.size() == 4);
    CHECK(books[0].pages.size() == 1);  // loaded with its owner
  }
  CHECK(queries.count() == 8);  // ten owners in windows of three, pages with each
  queries.reset();
  auto first = co_await all[0].single.all();
  auto second = co_await all[1].single.all();
  CHECK(first.size() + second.size() == 8);
  CHECK(queries.count() >= 2);
  CHECK(!all[2].single.is_loaded());
  queries.reset();
  for (Shelf& shelf : all) {
    auto best = co_await shelf.best.all();
    REQUIRE(best.size() == 2);
    CHECK(best[0].stars == 3);
  }
  CHECK(queries.count() == 2);
  bool refused = false;
  try {
    auto none = co_await all[0].strict.all();
  } catch (const kinship::error& e) {
    refused = e.code() == kinship::errc::strict_loading;
    CHECK(e.relationship() == "Shelf.strict");
    CHECK(std::string(e.what()).find("windows_test.cpp") != std::string::npos);
  }
  CHECK(refused);
  co_await db.batch_load(all, &Shelf::strict);
  CHECK(all[0].strict.size() == 4);
  auto held = co_await db.find<Shelf>().strict().all();
  CHECK_THROWS_AS(co_await held[0].books.all(), kinship::error);
  co_await db.close();
}
TEST_CASE("windows follow the reader; single, strict, limits and lazy_load = false") { kinship::test::run(windows()); }

static awaitable<void> copies() {
  Database db = co_await shelves(3, 2);
  auto all = co_await db.find<Shelf>().all();
  co_await db.batch_load(all, &Shelf::books);
  Shelf copy = all[0];
  CHECK(copy.books.size() == 2);
  copy.books.clear_cache();
  CHECK(!copy.books.is_loaded());
  CHECK(all[0].books.is_loaded());
  auto best = co_await all[1].best.all();
  CHECK(best.size() == 1);
  Book more;
  more.id = 77;
  more.stars = 9;
  co_await all[1].books.add(more);
  CHECK(all[1].books.size() == 3);
  CHECK(!all[1].best.is_loaded());  // over the same key
  auto again = co_await all[1].best.all();
  REQUIRE(again.size() == 2);
  CHECK(again[0].id == 77);
  Shelf kept = all[2];
  kinship::detach(kept);
  all = kinship::Rows<Shelf>();
  CHECK(kept.books.size() == 2);
  auto shelf_of = kept.books[0].shelf.loaded();
  REQUIRE(shelf_of);
  CHECK(shelf_of->name == "s3");
  co_await db.close();
}
TEST_CASE("copies share until one mutates; what hangs on one key unloads; detach keeps what was loaded") {
  kinship::test::run(copies());
}

static awaitable<void> one_reader(Database db, std::int64_t id, int* done) {
  auto shelf = co_await db.get<Shelf>(id);
  auto books = co_await shelf->books.all();
  auto author = co_await books[0].shelf.get();
  const auto count = co_await shelf->books.where(kinship::field<&Book::stars> > 0).count();
  auto best = co_await shelf->best.all();
  if (books.size() == 3 && author->id == id && count == 2 && best.size() == 2) ++*done;
}
TEST_CASE("1000 concurrent coroutines with four loads each need at most 0.5 queries a coroutine") {
  asio::io_context loop;
  int done = 0;
  std::uint64_t operations = 0;
  auto body = [&]() -> awaitable<void> {
    Database db = co_await shelves(50, 3);
    QueryCounter queries(db);
    const auto executor = co_await asio::this_coro::executor;
    for (int i = 0; i < 1000; ++i) asio::co_spawn(executor, one_reader(db, 1 + i % 50, &done), asio::detached);
    while (done < 1000) co_await asio::post(executor, asio::use_awaitable);
    operations = queries.count();
    CHECK(db.stats().joined > 0);
    co_await db.close();
  };
  asio::co_spawn(loop, body(), [](std::exception_ptr e) {
    if (e) std::rethrow_exception(e);
  });
  loop.run();
  CHECK(done == 1000);
  MESSAGE("store operations for 1000 x 4 loads: ", operations);
  CHECK(operations <= 500);
}

static awaitable<void> reader(kinship::Rows<Shelf> all, std::size_t i, int* ended, bool* cancelled) {
  try {
    auto books = co_await all[i].books.all();
    if (books.size() == 2) ++*ended;
  } catch (const kinship::error& e) {
    *cancelled = e.code() == kinship::errc::cancelled;
    ++*ended;
  }
}
TEST_CASE("a cancelled reader leaves at once, the others of its window get their rows") {
  asio::io_context loop;
  asio::cancellation_signal signal;
  int ended = 0;
  bool cancelled = false, other = false;
  auto body = [&]() -> awaitable<void> {
    Database db = co_await shelves(4, 2);
    auto all = co_await db.find<Shelf>().all();
    QueryCounter queries(db);
    const auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, reader(all, 0, &ended, &cancelled),
                   asio::bind_cancellation_slot(signal.slot(), asio::detached));
    asio::co_spawn(executor, reader(all, 1, &ended, &other), asio::detached);
    co_await asio::post(executor, asio::use_awaitable);
    signal.emit(asio::cancellation_type::terminal);
    while (ended < 2) co_await asio::post(executor, asio::use_awaitable);
    CHECK(cancelled);
    CHECK(!other);
    auto books = co_await all[0].books.all();
    CHECK(books.size() == 2);
    CHECK(queries.count() == 2);  // books, and their pages
    co_await db.close();
  };
  asio::co_spawn(loop, body(), [](std::exception_ptr e) {
    if (e) std::rethrow_exception(e);
  });
  loop.run();
  CHECK(ended == 2);
}
