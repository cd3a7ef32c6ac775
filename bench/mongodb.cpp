// One piece of work against a MongoDB server, N times over, for callgrind: bench/on_mongodb takes the slope between two
// sizes. usage: mongodb URI WORK N, with WORK fill, find (the seam), get (the ORM), two or three (levels, N owners); prints
// round trips and the peak of resident memory.
#include <sys/resource.h>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <kinship/driver/driver.hpp>

#include "driver/mongodb/driver.hpp"
#include "models.hpp"
#include "run_to_end.hpp"

namespace bench {

/// The third level of the figures.
struct Review {
  kinship::ObjectId id{};
  kinship::BelongsTo<struct Work> book{};
  int stars{};
  std::string text{};
};
struct Work {
  kinship::ObjectId id{};
  kinship::BelongsTo<struct Writer> author{};
  std::string title{};
  int year{};
  std::vector<std::string> tags{};
  kinship::OneToMany<Review> reviews{};
};
struct Writer {
  kinship::ObjectId id{};
  std::string name{};
  std::string email{};
  kinship::OneToMany<Work> works{};
};
BOOST_DESCRIBE_STRUCT(Review, (), (id, book, stars, text))
BOOST_DESCRIBE_STRUCT(Work, (), (id, author, title, year, tags))
BOOST_DESCRIBE_STRUCT(Writer, (), (id, name, email))

kinship::Model mapping(kinship::of<Writer>) {
  return kinship::define<Writer>("writers").one_to_many<&Writer::works, &Work::author>();
}
kinship::Model mapping(kinship::of<Work>) {
  return kinship::define<Work>("works").belongs_to<&Work::author>().one_to_many<&Work::reviews, &Review::book>();
}
kinship::Model mapping(kinship::of<Review>) { return kinship::define<Review>("reviews").belongs_to<&Review::book>(); }

using kinship::awaitable;

namespace {

constexpr int children = 10, grandchildren = 3;

awaitable<void> fill(kinship::Database db, int owners) {
  co_await db.collection("articles").drop();
  co_await db.collection("writers").drop();
  co_await db.collection("works").drop();
  co_await db.collection("reviews").drop();
  std::vector<Article> articles;
  for (int i = 0; i < 1000; ++i) articles.push_back(article(i));
  co_await db.insert_many(articles);
  std::vector<Writer> writers(static_cast<std::size_t>(owners));
  for (Writer& writer : writers) {
    writer.name = "Somebody Particular";
    writer.email = "somebody@example.org";
  }
  co_await db.insert_many(writers);
  std::vector<Work> works(writers.size() * children);
  for (std::size_t i = 0; i < works.size(); ++i) {
    works[i].author = writers[i / children];
    works[i].title = "A book of theirs";
    works[i].year = 1900 + static_cast<int>(i % 100);
    works[i].tags.assign(3, "tag");
  }
  co_await db.insert_many(works);
  std::vector<Review> reviews(works.size() * grandchildren);
  for (std::size_t i = 0; i < reviews.size(); ++i) {
    reviews[i].book = works[i / grandchildren];
    reviews[i].stars = static_cast<int>(i % 5);
    reviews[i].text = "A thing worth reading once";
  }
  co_await db.insert_many(reviews);
}

awaitable<void> find(std::shared_ptr<kinship::Driver> driver, int n) {
  for (int i = 0; i < n; ++i) {
    const kinship::ObjectId id = numbered_id(i % 1000);
    kinship::bson::Builder filter;
    filter.append_object_id("_id", id.bytes().data());
    kinship::FindOperation operation;
    operation.collection = "articles";
    operation.filter = filter.finish();
    operation.limit = 1;
    operation.context.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const kinship::FindReply reply = co_await driver->find(std::move(operation));
    if (reply.first.documents.size() != 1) throw std::runtime_error("the document is missing");
  }
}

awaitable<void> get(kinship::Database db, int n) {
  for (int i = 0; i < n; ++i) {
    const auto found = co_await db.get<Article>(numbered_id(i % 1000));
    if (!found || found->likes != i % 100) throw std::runtime_error("another document came");
  }
}

awaitable<void> load(kinship::Database db, int owners, bool three) {
  auto query = db.find<Writer>().limit(static_cast<std::uint64_t>(owners)).with(&Writer::works);
  if (three) query = query.with(&Writer::works, &Work::reviews);
  const auto before = db.stats().operations;
  const auto writers = co_await query.all();
  std::size_t works = 0, reviews = 0;
  for (const Writer& writer : writers) {
    works += writer.works.size();
    if (!three) continue;
    for (const Work& work : writer.works) reviews += work.reviews.size();
  }
  std::printf("%zu owners, %zu children, %zu grandchildren, %llu operations\n", writers.size(), works, reviews,
              static_cast<unsigned long long>(db.stats().operations - before));
  if (works != writers.size() * children || (three && reviews != works * grandchildren))
    throw std::runtime_error("documents are missing");
}

awaitable<void> run(std::string uri, std::string work, int n) {
  auto driver = co_await kinship::open_mongodb(uri);
  kinship::Database db(driver);
  if (work == "fill") co_await fill(db, n);
  if (work == "find") co_await find(driver, n);
  if (work == "get") co_await get(db, n);
  if (work == "two") co_await load(db, n, false);
  if (work == "three") co_await load(db, n, true);
  co_await db.close();
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int status = bench::run_to_end(bench::run(argv[1], argv[2], std::atoi(argv[3])));
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%s %s: peak %ld kB\n", argv[2], argv[3], usage.ru_maxrss);
  return status;
}
