// A file that was damaged: stored documents with changed bytes, pages overwritten, a catalogue that makes no sense. What is
// damaged is refused in words, the rest is served, and nothing reads where it should not.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <fstream>
#include <random>

#include "faults/temporary.hpp"
#include "store/calls.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

/// Open until the end of the block, however that is left.
struct Opened {
  explicit Opened(const std::string& path) : driver(open_file(path)) {}
  ~Opened() { close(driver); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  const std::shared_ptr<Driver> driver;
};

class Beside {
 public:
  explicit Beside(const std::string& path) { REQUIRE(sqlite3_open(path.c_str(), &db_) == SQLITE_OK); }
  ~Beside() { sqlite3_close(db_); }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  void execute(const std::string& sql, std::string_view bytes = {}) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    sqlite3_bind_blob64(statement, 1, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
    CHECK(sqlite3_step(statement) == SQLITE_DONE);
    sqlite3_finalize(statement);
  }

 private:
  sqlite3* db_{};
};

std::string bytes_of(const bson::Document& document) {
  return {reinterpret_cast<const char*>(document.bytes().data()), document.bytes().size()};
}

bson::Document victim() {
  return doc("_id", 2, "a", 5, "tags", array("x", doc("y", 1)), "sub", doc("t", "text", "n", 1.5), "last", true);
}

// Every way of looking at a document; true if none was refused.
bool look(Driver& driver) {
  int refused = 0;
  const auto attempt = [&](auto&& call) {
    std::string text;
    if (!code_of(call, &text)) return;
    ++refused;
    CHECK(text.find("damaged") != std::string::npos);
  };
  attempt([&] { count(driver, "c", doc("sub.t", "text", "tags.y", 1)); });
  attempt([&] {
    FindOperation find = find_operation("c", doc("a", doc("$gte", 0)), doc("sub.n", 1, "last", -1));
    find.projection = doc("tags", doc("$slice", 1), "sub.t", 1);
    for (const auto& document : copy(run(driver.find(std::move(find))).first))
      CHECK_NOTHROW(bson::validate(document.bytes().data(), document.bytes().size()));
  });
  attempt([&] {
    FindOperation find = find_operation("c", doc("a", doc("$in", array(4, 5))));
    find.per_key = PerKey{"a", 1, 0};
    run(driver.find(std::move(find)));
  });
  attempt([&] {
    WriteOperation write;
    write.collection = "c";
    write.items.push_back(update_item(doc("_id", 2), doc("$set", doc("sub.t", "text"))));
    run(driver.write(std::move(write)));
  });
  return refused == 0;
}

}  // namespace

TEST_CASE("a damaged document is refused in words, its neighbours are served") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  create_index(*driver, "c", doc("a", 1));
  CHECK(insert(*driver, "c", {doc("_id", 1, "a", 4), victim(), doc("_id", 3, "a", 6)}).inserted == 3);
  Beside beside(folder / "a.db");
  const std::string whole = bytes_of(victim());
  const std::string change = "UPDATE c1 SET doc=?1 WHERE rid=2";
  std::mt19937 random(3);
  int refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string bytes = whole;
    bytes[i] = static_cast<char>(i % 2 == 0 ? bytes[i] ^ (1 << (random() % 8)) : static_cast<int>(random() % 256));
    if (i % 5 == 0) bytes.resize(i);
    CAPTURE(i);
    beside.execute(change, bytes);
    refused += !look(*driver);
    CHECK(count(*driver, "c", doc("a", 4)) == 1);
    CHECK(count(*driver, "c", doc("_id", 3)) == 1);
  }
  CHECK(refused > 30);
  beside.execute(change, whole);
  CHECK(look(*driver));
  close(driver);
}

TEST_CASE("a catalogue that makes no sense is refused when the file is opened") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  create_index(*driver, "c", doc("a", 1));
  close(driver);
  for (const char* damage : {"UPDATE catalog SET keys=x'00' WHERE id=3", "UPDATE catalog SET keys=NULL WHERE id=3",
                             "DELETE FROM meta", "DROP TABLE i3"}) {
    CAPTURE(std::string(damage));
    std::filesystem::copy_file(folder / "a.db", folder / "b.db", std::filesystem::copy_options::overwrite_existing);
    Beside(folder / "b.db").execute(damage);
    std::string text;
    const auto attempt = [&] {
      const Opened damaged(folder / "b.db");
      insert(*damaged.driver, "c", {doc("_id", 1, "a", 1)});
    };
    CHECK(code_of(attempt, &text));
    CHECK(text.size() > 20);
  }
}

TEST_CASE("overwritten pages are told as damage, wherever they lie") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  create_index(*driver, "c", doc("a", 1));
  std::vector<bson::Document> documents;
  for (int i = 0; i < 400; ++i) documents.push_back(doc("_id", i, "a", i % 7, "text", std::string(100, 'x')));
  insert(*driver, "c", std::move(documents));
  close(driver);
  const auto size = std::filesystem::file_size(folder / "a.db");
  REQUIRE(size > 10 * 4096);
  int refused = 0, pages = 0;
  for (std::uintmax_t at = 4096; at < size; at += 4096, ++pages) {
    CAPTURE(at);
    std::filesystem::copy_file(folder / "a.db", folder / "b.db", std::filesystem::copy_options::overwrite_existing);
    {
      std::fstream file(folder / "b.db", std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(at + 8));
      file << std::string(900, '\xab');
    }
    std::string text;
    const auto attempt = [&] {
      const Opened damaged(folder / "b.db");
      count(*damaged.driver, "c", doc("text", "x"));
      count(*damaged.driver, "c", doc("a", doc("$gte", 0)));
      count(*damaged.driver, "c", doc("_id", doc("$gte", 0)));
    };
    if (!code_of(attempt, &text)) continue;
    ++refused;
    CHECK(text.size() > 20);
  }
  CHECK(refused > pages / 2);
}
