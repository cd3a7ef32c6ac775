// A table of id and JSON text, all ids of a read in one json_each: what one writes without an ORM.
#include "peer.hpp"

#include <sqlite3.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "models.hpp"

namespace bench {

namespace {

using nlohmann::json;

class Connection {
 public:
  explicit Connection(const std::string& file) {
    if (sqlite3_open(file.c_str(), &db_) != SQLITE_OK) throw std::runtime_error("cannot open " + file);
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, doc TEXT) WITHOUT ROWID");
  }
  ~Connection() { sqlite3_close(db_); }
  Connection(const Connection&) = delete;

  void run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db_));
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db_));
    return statement;
  }

 private:
  sqlite3* db_{};
};

std::string to_text(const Article& a) {
  json doc{{"author_id", a.author.to_string()},
           {"title", a.title},
           {"body", a.body},
           {"likes", a.likes},
           {"views", a.views},
           {"score", a.score},
           {"active", a.active},
           {"created_at", a.created_at.time_since_epoch().count()},
           {"tags", a.tags}};
  return doc.dump();
}

Article from_text(const char* id, const char* text) {
  json doc = json::parse(text);
  Article a;
  a.id = kinship::ObjectId(id);
  a.author = kinship::ObjectId(doc["author_id"].get_ref<const std::string&>());
  doc["title"].get_to(a.title);
  doc["body"].get_to(a.body);
  doc["likes"].get_to(a.likes);
  doc["views"].get_to(a.views);
  doc["score"].get_to(a.score);
  doc["active"].get_to(a.active);
  a.created_at = kinship::DateTime(std::chrono::milliseconds(doc["created_at"].get<std::int64_t>()));
  doc["tags"].get_to(a.tags);
  return a;
}

const char* text_of(sqlite3_stmt* statement, int column) {
  return reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
}

}  // namespace

int peer_insert(const std::string& file, int n) {
  Connection db(file);
  db.run("BEGIN");
  sqlite3_stmt* insert = db.prepare("INSERT INTO articles VALUES (?, ?)");
  for (int i = 0; i < n; ++i) {
    std::string id = numbered_id(i).to_string(), text = to_text(article(i));
    sqlite3_bind_text(insert, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE) throw std::runtime_error("insert failed");
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  db.run("COMMIT");
  return 0;
}

int peer_hydrate(const std::string& file, int n) {
  Connection db(file);
  json ids = json::array();
  for (int i = 0; i < n; ++i) ids.push_back(numbered_id(i).to_string());
  std::string text = ids.dump();
  sqlite3_stmt* find = db.prepare("SELECT a.id, a.doc FROM json_each(?) k CROSS JOIN articles a ON a.id = k.value");
  sqlite3_bind_text(find, 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  std::vector<Article> found;
  while (sqlite3_step(find) == SQLITE_ROW) found.push_back(from_text(text_of(find, 0), text_of(find, 1)));
  sqlite3_finalize(find);
  if (found.size() != static_cast<std::size_t>(n)) throw std::runtime_error("documents are missing");
  return 0;
}

}  // namespace bench
