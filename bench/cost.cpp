// One piece of work, N times over, for callgrind: bench/run takes the slope between two sizes, so set-up does not count.
// usage: cost insert FILE N, then hydrate FILE N (by ids); insert_indexed, then related (ten for each key); peer_insert,
// then peer_hydrate: the same by hand on sqlite3 and JSON text.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "models.hpp"
#include "peer.hpp"
#include "run_to_end.hpp"

namespace bench {

namespace {

std::vector<Article> articles(int n) {
  std::vector<Article> all;
  for (int i = 0; i < n; ++i) all.push_back(article(i));
  return all;
}

kinship::awaitable<void> insert(std::string file, int n) {
  auto db = co_await kinship::connect("sqlite:" + file);
  auto all = articles(n);
  co_await db.insert_many(all);
  co_await db.close();
}

kinship::awaitable<void> insert_indexed(std::string file, int n) {
  auto db = co_await kinship::connect("sqlite:" + file);
  co_await db.ensure_indexes<Article>();
  auto all = articles(n);
  co_await db.insert_many(all);
  co_await db.close();
}

// As children are loaded: ten documents for each key.
kinship::awaitable<void> related(std::string file, int n) {
  auto db = co_await kinship::connect("sqlite:" + file);
  std::vector<kinship::ObjectId> authors;
  for (int i = 0; i < n / 10; ++i) authors.push_back(numbered_id(i));
  auto found = co_await db.find<Article>().where(kinship::field<&Article::author>.in(authors)).all();
  if (found.size() != static_cast<std::size_t>(n)) throw std::runtime_error("documents are missing");
  co_await db.close();
}

kinship::awaitable<void> hydrate(std::string file, int n) {
  auto db = co_await kinship::connect("sqlite:" + file);
  std::vector<kinship::ObjectId> ids;
  for (int i = 0; i < n; ++i) ids.push_back(numbered_id(i));
  auto found = co_await db.find<Article>().where(kinship::field<&Article::id>.in(ids)).all();
  if (found.size() != ids.size()) throw std::runtime_error("documents are missing");
  co_await db.close();
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  std::string work = argv[1], file = argv[2];
  int n = std::atoi(argv[3]);
  if (work == "peer_insert") return bench::peer_insert(file, n);
  if (work == "peer_hydrate") return bench::peer_hydrate(file, n);
  auto task = work == "hydrate"          ? bench::hydrate(file, n)
              : work == "related"        ? bench::related(file, n)
              : work == "insert_indexed" ? bench::insert_indexed(file, n)
                                         : bench::insert(file, n);
  return bench::run_to_end(std::move(task));
}
