// 7. Moving house: a whole database from an embedded store into another one, and home again. Name a cluster on the command
// line, and it goes there.
#include <boost/describe.hpp>
#include <kinship/kinship.hpp>
#include <string>
#include <vector>

#include "run_program.hpp"

struct Reading {
  kinship::ObjectId id{};
  std::string sensor{};
  std::int64_t number{};
  double celsius{};
};
BOOST_DESCRIBE_STRUCT(Reading, (), (id, sensor, number, celsius))

kinship::Model mapping(kinship::of<Reading>) {
  return kinship::define<Reading>("readings")
      .index<&Reading::number>({.unique = true})
      .index<&Reading::sensor, &Reading::celsius>();
}

kinship::awaitable<void> fill(kinship::Database db) {
  co_await db.ensure_indexes<Reading>();
  std::vector<Reading> readings;
  for (int i = 0; i < 2500; ++i)
    readings.push_back({.sensor = i % 2 ? "roof" : "cellar", .number = i, .celsius = 10 + i % 7 * 0.5});
  co_await db.insert_many(readings);
}

kinship::awaitable<void> program(std::string store) {
  auto home = co_await kinship::connect("sqlite::memory:");  // "sqlite:readings.db"
  auto away = co_await kinship::connect(store);              // "mongodb://host/readings"
  co_await fill(home);

  // What it has done is told after each batch. Nobody may write meanwhile.
  kinship::CopyOptions options;
  options.on_progress([](const kinship::CopyProgress& progress) {
    std::cout << progress.documents << " of " << progress.documents_total << '\n';
  });
  auto moved = co_await kinship::copy_database(home, away, options);
  std::cout << "moved " << moved.documents << " documents and " << moved.indexes << " indexes\n";

  // Begun again, after whatever ended it, it writes what is missing: here, one.
  auto lost = co_await away.find<Reading>().where({"number", 7}).first();
  co_await away.remove(*lost);
  auto again = co_await kinship::copy_database(home, away);
  std::cout << "again: " << again.inserted << " of " << again.documents << " were missing\n";

  // A target with something else in it is refused before anything is written.
  auto other = co_await kinship::connect("sqlite::memory:");
  Reading mine{.sensor = "garden", .number = 1};
  co_await other.insert(mine);
  try {
    co_await kinship::copy_database(away, other);
  } catch (const kinship::error& error) {
    std::cout << (error.code() == kinship::errc::conflict ? "refused: there is another reading\n" : error.what());
  }
  co_await other.remove(mine);
  auto back = co_await kinship::copy_database(away, other);
  std::cout << "back home: " << back.documents << ", " << co_await other.find<Reading>().where({"sensor", "roof"}).count()
            << " of them from the roof\n";
  co_await other.close();
  co_await away.close();
  co_await home.close();
}

int main(int argc, char** argv) { return run_program(program(store_named(argc, argv))); }
