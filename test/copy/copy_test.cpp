// What a copy carries, what it refuses, and how many calls it takes.
// The source is left as it was by all of it.
#include <doctest/doctest.h>

#include <algorithm>

#include <kinship/copy_database.hpp>

#include "copy/sides.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

// The code and the text of what copying throws.
boost::system::error_code refused(const Side& from, const Side& to, std::string& text, CopyOptions options = CopyOptions()) {
  return code_of([&] { copy(from, to, options); }, &text);
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("documents and indexes of every collection arrive, both ways") {
  Embedded before, after;
  Other between;
  fill(before, 50);
  before.index("books", doc("isbn", 1), true, true);
  before.index("books", doc("notes.page", -1), false, true);
  before.index("only an index", doc("a", 1));
  const CopyResult there = copy(before, between);
  CHECK(there.collections == 4);
  CHECK(there.indexes == 9);
  CHECK(there.documents == there.inserted);
  CHECK(there.overwritten == 0);
  CHECK(contents(*between.driver) == contents(*before.driver));
  const CopyResult back = copy(between, after, CopyOptions().batch_documents(7));
  CHECK(back.documents == there.documents);
  CHECK(back.bytes == there.bytes);
  CHECK(contents(*after.driver) == contents(*before.driver));
  CHECK(after.insert("books", {doc("_id", 1000, "number", 1)}).errors.size() == 1);  // unique here, too
}

TEST_CASE("an empty database, and empty collections") {
  Embedded before;
  Other after;
  std::vector<std::size_t> totals;
  auto watch = [&](const CopyProgress& progress) { totals.push_back(progress.collections_total); };
  CHECK(copy(before, after, CopyOptions().on_progress(watch)).collections == 0);
  CHECK(totals == std::vector<std::size_t>{0});
  CHECK(contents(*after.driver).documents.empty());
  before.insert("empty", {doc("_id", 1)});
  before.remove("empty", doc());
  CHECK(copy(before, after).collections == 1);
  CHECK(contents(*after.driver) == contents(*before.driver));
}

TEST_CASE("calls grow with batches and collections, never with documents") {
  Embedded from;
  Other to;
  fill(from, 100);  // 84 documents in each of three collections
  const std::uint64_t reads = from.faults->calls(), writes = to.faults->calls();
  copy(from, to, CopyOptions().batch_documents(30));
  // Listed once; each: its indexes, counted, found, two or three batches more, counted again.
  CHECK(from.faults->calls() - reads <= 1 + 3 * (1 + 1 + 3 + 1 + 1));
  // Listed once; each: two indexes made, three batches, counted, indexes compared.
  CHECK(to.faults->calls() - writes == 1 + 3 * (2 + 3 + 1 + 1));
  const std::uint64_t again = to.faults->calls();
  copy(from, to);
  // Each, now that all of it is there: indexes and count before; its batch, and that compared; counted, indexes compared.
  CHECK(to.faults->calls() - again == 1 + 3 * (2 + 1 + 1 + 2));
}

TEST_CASE("a target with other documents is refused before anything is written") {
  Embedded from;
  fill(from, 8);
  std::string text;
  Other to;
  SUBCASE("one the source does not have") {
    to.insert("reviews", {doc("_id", "mine")});
    CHECK(refused(from, to, text) == errc::conflict);
    CHECK(has(text, "'reviews'"));
    CHECK(has(text, "mine"));
    CHECK(has(text, "does not have"));
  }
  SUBCASE("one that differs") {
    to.insert("reviews", {doc("_id", 0, "number", 0)});
    CHECK(refused(from, to, text) == errc::conflict);
    CHECK(has(text, "differs"));
    CHECK(has(text, "Existing::overwrite"));
  }
  SUBCASE("more than the source has") {
    std::vector<bson::Document> many;
    for (int i = 0; i < 20; ++i) many.push_back(doc("_id", i));
    to.insert("reviews", many);
    CHECK(refused(from, to, text) == errc::conflict);
    CHECK(has(text, "20 documents"));
  }
  SUBCASE("the same id as another number") {
    to.insert("reviews", {doc("_id", 0.0)});
    CHECK(refused(from, to, text) == errc::conflict);
    CHECK(has(text, "type"));
  }
  CHECK(to.count("authors") + to.count("books") == 0);
  CHECK(run(to.driver->list_collections(OperationContext())).size() == 1);
}

TEST_CASE("told to, it overwrites what has the same id and leaves the rest") {
  Embedded from;
  Other to;
  fill(from, 8);
  to.insert("reviews", {doc("_id", "mine", "number", 500), doc("_id", 0, "number", 0, "old", true)});
  const CopyResult result = copy(from, to, CopyOptions().existing(Existing::overwrite).batch_documents(3));
  CHECK(result.overwritten == 1);
  CHECK(result.inserted == result.documents - 1);
  CHECK(to.count("reviews") == from.count("reviews") + 1);
  CHECK(to.find("reviews", doc("_id", 0)) == from.find("reviews", doc("_id", 0)));
  CHECK(to.count("reviews", doc("_id", "mine")) == 1);
  CHECK(copy(from, to, CopyOptions().existing(Existing::overwrite)).overwritten == 0);
}

TEST_CASE("a document the target's unique index refuses is reported, and the copy goes on when that is mended") {
  Embedded from;
  Other to;
  from.insert("users", {doc("_id", 1, "email", "a@x"), doc("_id", 2, "email", "b@x"), doc("_id", 3, "email", "a@x"),
                        doc("_id", 4, "email", "d@x")});
  to.index("users", doc("email", 1), true);
  std::string text;
  CHECK(refused(from, to, text, CopyOptions().batch_documents(2)) == errc::duplicate_key);
  CHECK(has(text, "users"));
  CHECK(has(text, "_id 3"));
  CHECK(has(text, "email_1"));
  CHECK(has(text, "a@x"));
  CHECK(to.count("users") == 2);
  from.update("users", doc("_id", 3), doc("$set", doc("email", "c@x")));
  CHECK(copy(from, to).inserted == 2);
  CHECK(contents(*to.driver).documents == contents(*from.driver).documents);
}

TEST_CASE("an index that the target has otherwise is refused before documents are written") {
  Embedded from;
  Other to;
  fill(from, 3);
  CreateIndexOperation operation;
  operation.collection = "reviews";
  operation.keys = doc("other", 1);
  operation.name = "number_1";
  run(to.driver->create_index(std::move(operation)));
  std::string text;
  CHECK(refused(from, to, text) == errc::invalid_query);
  CHECK(has(text, "number_1"));
  CHECK(to.count("authors") == 0);
}

TEST_CASE("an index with options the embedded store lacks is refused before documents are written") {
  Other from;
  Embedded to;
  from.insert("logs", {doc("_id", 1)});
  CreateIndexOperation operation;
  operation.collection = "logs";
  operation.keys = doc("at", 1);
  operation.options = doc("expireAfterSeconds", 60);
  if (code_of([&] { run(from.driver->create_index(operation)); }) == errc::unsupported) return;  // the store has none
  std::string text;
  CHECK(refused(from, to, text) == errc::unsupported);
  CHECK(has(text, "expireAfterSeconds"));
  CHECK(to.count("logs") == 0);
  Other other;
  CHECK(copy(from, other).indexes == 1);
  CHECK(run(other.driver->list_indexes("logs", OperationContext())).back().options == operation.options);
}

TEST_CASE("a view is refused by its name, unless the collections are named") {
  Other from;
  Embedded to;
  fill(from, 3);
  bson::Document view = doc("create", "first books", "viewOn", "books", "pipeline", array());
  if (code_of([&] { run(from.driver->command(view, OperationContext())); }) == errc::unsupported) return;  // it has none
  std::string text;
  CHECK(refused(from, to, text) == errc::unsupported);
  CHECK(has(text, "'first books' is a view"));
  CHECK(to.count("authors") == 0);
  CHECK(copy(from, to, CopyOptions().only({"authors", "books"})).collections == 2);
}

TEST_CASE("a side that changes meanwhile is noticed at the end of its collection") {
  Embedded from;
  Other to;
  fill(from, 8);
  std::string text;
  SUBCASE("the source") {
    to.faults->run_at(8, [&] { from.insert("authors", {doc("_id", "late", "number", 900)}); });
    CHECK(refused(from, to, text) == errc::conflict);
    CHECK(has(text, "changed while it was copied"));
  }
  SUBCASE("the target") {
    from.faults->run_at(9, [&] { to.insert("authors", {doc("_id", "late", "number", 900)}); });
    CHECK(refused(from, to, text) == errc::conflict);
    CHECK(has(text, "'authors' of the target"));
  }
}

TEST_CASE("some collections only; what cannot be copied is said") {
  Embedded from;
  Other to;
  fill(from, 4);
  std::string text;
  CHECK(copy(from, to, CopyOptions().only({"books"})).collections == 1);
  CHECK(run(to.driver->list_collections(OperationContext())).size() == 1);
  CHECK(refused(from, to, text, CopyOptions().only({"boks"})) == errc::not_found);
  CHECK(has(text, "boks"));
  CHECK(refused(from, from, text) == errc::invalid_query);
  auto inside = [&](Database tx) -> awaitable<void> { co_await copy_database(tx, to.db); };
  CHECK(code_of([&] { run(from.db.transaction(inside)); }) == errc::invalid_query);
}
