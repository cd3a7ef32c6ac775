// Owners with children, loaded four ways, at several latencies: how many queries each way takes and what that costs.
// usage: loading [--smoke] [SVG-FILE]; prints a table; times are shown as multiples of batch_load's, never tested.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "delayed_driver.hpp"
#include "driver/sqlite/driver.hpp"
#include "models.hpp"
#include "plot.hpp"
#include "run_to_end.hpp"

namespace bench {

namespace {

struct Measured {
  std::uint64_t queries{};
  double seconds{};
  std::size_t children{};
};

enum class Way { one_by_one, siblings, batch_load, with };
constexpr Way ways[] = {Way::one_by_one, Way::siblings, Way::batch_load, Way::with};
constexpr const char* names[] = {"N+1 (a query an owner)", "siblings (naive loop)", "batch_load", "with (eager)"};

awaitable<void> fill(kinship::Database db, int owners, int fan_out) {
  co_await db.ensure_indexes<Author, Book>();
  std::vector<Author> authors(static_cast<std::size_t>(owners));
  for (Author& author : authors) {
    author.name = "somebody";
    author.email = "somebody@example.org";
  }
  co_await db.insert_many(authors);
  std::vector<Book> books;
  for (const Author& author : authors)
    for (int i = 0; i < fan_out; ++i) {
      Book& book = books.emplace_back();
      book.author = author;
      book.title = "A book of theirs";
      book.year = 1900 + i;
      book.tags.assign(3, "tag");
    }
  co_await db.insert_many(books);
}

awaitable<Measured> load(kinship::Database db, Way way) {
  Measured result;
  auto queries = db.stats().operations;
  auto began = std::chrono::steady_clock::now();
  auto query = db.find<Author>();
  if (way == Way::with) query = query.with(&Author::books);
  auto authors = co_await query.all();
  if (way == Way::batch_load) co_await db.batch_load(authors, &Author::books);
  for (Author& author : authors) {
    if (way == Way::one_by_one) {
      auto books = co_await author.books.query().all();
      result.children += books.size();
    } else if (way == Way::siblings) {
      auto books = co_await author.books.all();
      result.children += books.size();
    } else {
      result.children += author.books.size();
    }
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  result.queries = db.stats().operations - queries;
  co_return result;
}

awaitable<void> table(std::vector<int> owner_counts, std::vector<int> fan_outs, std::vector<int> delays, std::string svg) {
  Plot plot("Loading children: time against owners (10 each), 1 ms to the store", "owners", "seconds");
  std::printf("%-24s %7s %8s %9s %9s %10s %8s\n", "way", "owners", "fan-out", "latency", "queries", "ms", "x batch");
  for (int owners : owner_counts)
    for (int fan_out : fan_outs) {
      kinship::SqliteOptions options;
      options.memory = true;
      auto store = co_await kinship::open_sqlite(options);
      kinship::Database filler(store);
      co_await fill(filler, owners, fan_out);
      for (int delay : delays) {
        kinship::Database db(std::make_shared<DelayedDriver>(store, std::chrono::microseconds(delay)));
        Measured measured[4];
        for (Way way : ways) measured[static_cast<int>(way)] = co_await load(db, way);
        for (Way way : ways) {
          const Measured& m = measured[static_cast<int>(way)];
          if (m.children != static_cast<std::size_t>(owners) * static_cast<std::size_t>(fan_out))
            throw std::runtime_error("a way of loading lost children");
          std::printf("%-24s %7d %8d %6.1f ms %9llu %10.2f %8.2f\n", names[static_cast<int>(way)], owners, fan_out,
                      delay / 1000.0, static_cast<unsigned long long>(m.queries), m.seconds * 1000,
                      m.seconds / measured[static_cast<int>(Way::batch_load)].seconds);
          if (delay == 1000 && fan_out == 10) plot.add(names[static_cast<int>(way)], owners, m.seconds);
        }
        std::printf("\n");
      }
      co_await store->close(kinship::no_deadline);
    }
  if (!svg.empty()) plot.write(svg);
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
  bool smoke = argc > 1 && std::strcmp(argv[1], "--smoke") == 0;
  std::string svg = argc > 1 + smoke ? argv[1 + smoke] : "";
  std::vector<int> owners = smoke ? std::vector<int>{10, 30} : std::vector<int>{10, 100, 1000};
  std::vector<int> fan_outs = smoke ? std::vector<int>{10} : std::vector<int>{1, 10, 100};
  std::vector<int> delays = smoke ? std::vector<int>{0, 1000} : std::vector<int>{0, 1000, 5000};
  return bench::run_to_end(bench::table(owners, fan_outs, delays, svg));
}
