// Opening what cannot be opened: each refusal says what is wrong and what to do.
// And what is opened twice, or once more after its end.
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "faults/temporary.hpp"
#include "faults/verify.hpp"
#include "store/calls.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

void execute(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

boost::system::error_code open_code(const std::string& path, std::string& text) {
  return code_of([&] { close(open_file(path)); }, &text);
}

}  // namespace

TEST_CASE("what cannot be opened is refused in words") {
  const Folder folder;
  std::string text;
  CHECK(open_code(folder / "missing/a.db", text) == errc::unavailable);
  CHECK(text.find("folder") != std::string::npos);
  std::ofstream(folder / "text.db") << std::string(5000, 'x');
  CHECK(open_code(folder / "text.db", text) == errc::store);
  CHECK(text.find("not a database") != std::string::npos);
  CHECK(open_code("", text) == errc::unavailable);
  execute(folder / "other.db", "CREATE TABLE people(name)");
  CHECK(open_code(folder / "other.db", text) == errc::store);
  CHECK(text.find("another program") != std::string::npos);
  close(open_file(folder / "new.db"));
  execute(folder / "new.db", "UPDATE meta SET value=99 WHERE name='format'");
  CHECK(open_code(folder / "new.db", text) == errc::unsupported);
  CHECK(text.find("newer") != std::string::npos);
}

TEST_CASE("a folder without write permission" * doctest::skip(geteuid() == 0)) {
  const Folder folder;
  chmod(folder.path.c_str(), 0500);
  std::string text;
  CHECK(open_code(folder / "a.db", text) == errc::unavailable);
  chmod(folder.path.c_str(), 0700);
}

TEST_CASE("what was stored is there after closing and opening") {
  const Folder folder;
  const std::string path = folder / "a.db";
  {
    const auto driver = open_file(path);
    create_index(*driver, "c", doc("a", 1));
    CHECK(insert(*driver, "c", {doc("_id", 1, "a", 5), doc("_id", 2, "a", array(6, 7))}).inserted == 2);
    close(driver);
  }
  CHECK(verify_file(path).empty());
  const auto driver = open_file(path);
  CHECK(count(*driver, "c", doc("a", 7)) == 1);
  CHECK(insert(*driver, "c", {doc("_id", 2)}).errors.size() == 1);
  close(driver);
}

TEST_CASE("a temporary database leaves nothing in the file system, also while it is open") {
  const Folder folder;
  setenv("TMPDIR", folder.path.c_str(), 1);
  SqliteOptions options;
  options.memory = true;
  const auto driver = run(open_sqlite(options));
  CHECK(insert(*driver, "c", {doc("_id", 1)}).inserted == 1);
  CHECK(std::filesystem::is_empty(folder.path));
  CHECK(count(*driver, "c") == 1);
  close(driver);
  unsetenv("TMPDIR");
}

TEST_CASE("a backup is a store of its own, and overwrites nothing") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  create_index(*driver, "c", doc("a", 1));
  std::vector<bson::Document> documents;
  for (int i = 0; i < 3000; ++i) documents.push_back(doc("_id", i, "a", i % 7, "text", std::string(200, 'x')));
  CHECK(insert(*driver, "c", std::move(documents)).inserted == 3000);
  run(driver->backup(folder / "b.db"));
  CHECK(insert(*driver, "c", {doc("_id", -1)}).inserted == 1);
  std::string text;
  CHECK(code_of([&] { run(driver->backup(folder / "b.db")); }, &text) == errc::unavailable);
  CHECK(text.find("exists") != std::string::npos);
  CHECK(code_of([&] { run(driver->backup(folder / "none/b.db")); }) == errc::unavailable);
  close(driver);
  CHECK(verify_file(folder / "b.db").empty());
  const auto copy = open_file(folder / "b.db");
  CHECK(count(*copy, "c") == 3000);
  close(copy);
}

TEST_CASE("commands: known ones answer, others are refused by name") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  create_index(*driver, "c", doc("a", 1), true);
  auto command = [&](bson::Document document) { return run(driver->command(std::move(document), OperationContext())); };
  CHECK(command(doc("ping", 1))["ok"].as_double() == 1.0);
  CHECK(command(doc("dbStats", 1))["collections"].as_int64() == 1);
  CHECK(command(doc("collStats", "c"))["nindexes"].as_int64() == 2);
  const auto indexes = command(doc("listIndexes", "c"));
  const auto batch = indexes["cursor"].as_document().find("firstBatch").as_document();
  CHECK(batch.find("1").as_document().find("unique").as_bool());
  CHECK(code_of([&] { command(doc("listIndexes", "none")); }) == errc::not_found);
  std::string text;
  CHECK(code_of([&] { command(doc("shutdown", 1)); }, &text) == errc::unsupported);
  CHECK(text.find("shutdown") != std::string::npos);
  close(driver);
}
