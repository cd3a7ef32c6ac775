// 5. Where code runs and how it hears of the end: futures, callbacks, a pool of threads, one event loop a thread.
// Operations are awaitables; co_spawn turns one into whatever completion token the caller lives with.
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/describe.hpp>
#include <iostream>
#include <kinship/kinship.hpp>
#include <list>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;

struct Team;
struct Player;

struct Team {
  kinship::ObjectId id{};
  std::string name{};
  kinship::OneToMany<Player> players{};
};
struct Player {
  kinship::ObjectId id{};
  kinship::BelongsTo<Team> team{};
  int goals{};
};
BOOST_DESCRIBE_STRUCT(Team, (), (id, name))
BOOST_DESCRIBE_STRUCT(Player, (), (id, team, goals))

kinship::Model mapping(kinship::of<Team>) {
  return kinship::define<Team>("teams").one_to_many<&Team::players, &Player::team>();
}
kinship::Model mapping(kinship::of<Player>) { return kinship::define<Player>("players").belongs_to<&Player::team>(); }

kinship::awaitable<kinship::Database> filled(std::string store) {
  auto db = co_await kinship::connect(store);
  co_await db.ensure_indexes<Team, Player>();
  for (int t = 0; t < 4; ++t) {
    Team team{.name = "team " + std::to_string(t)};
    co_await db.insert(team);
    std::vector<Player> players;
    for (int p = 0; p < 11; ++p) players.push_back({.team = team, .goals = p});
    co_await db.insert_many(players);
  }
  co_return db;
}

// A handle is cheap to copy, across threads too; a model object belongs to one of them at a time.
kinship::awaitable<int> goals(kinship::Database db) {
  int sum = 0;
  auto teams = co_await db.find<Team>().all();
  for (Team& team : teams)
    for (const Player& player : co_await team.players.all()) sum += player.goals;
  co_return sum;
}

int main(int argc, char** argv) {
  // A pool of threads serves everything; main only waits, so futures will do.
  asio::thread_pool pool(2);
  kinship::Database db = asio::co_spawn(pool, filled(argc > 1 ? argv[1] : "sqlite::memory:"), asio::use_future).get();
  std::cout << "future: " << asio::co_spawn(pool, goals(db), asio::use_future).get() << '\n';

  // Many at once on the pool, each on a strand of its own; nobody waits for one alone.
  std::atomic<int> sum = 0;
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 8; ++i) answers.push_back(asio::co_spawn(asio::make_strand(pool), goals(db), asio::use_future));
  for (auto& answer : answers) sum += answer.get();
  std::cout << "eight on a pool: " << sum << '\n';

  // Callbacks, on the loop of the one who asked.
  asio::io_context context;
  asio::co_spawn(context, goals(db), [](std::exception_ptr failure, int result) {
    std::cout << "callback: " << (failure ? -1 : result) << '\n';
  });
  auto fire_and_forget = [&sum, db]() mutable -> kinship::awaitable<void> { sum += co_await goals(db); };
  asio::co_spawn(context, fire_and_forget, asio::detached);
  context.run();
  std::cout << "and one detached: " << sum << '\n';

  // One event loop a thread, no locks: completions come back to the loop that awaits.
  std::list<asio::io_context> loops;
  std::vector<std::thread> threads;
  std::atomic<int> at_home = 0;
  for (int i = 0; i < 3; ++i) {
    asio::io_context& loop = loops.emplace_back(1);
    threads.emplace_back([&loop, &at_home, db] {
      auto work = [&at_home](kinship::Database db) -> kinship::awaitable<void> {
        auto self = std::this_thread::get_id();
        int result = co_await goals(db);
        if (self == std::this_thread::get_id()) at_home += result;
      };
      asio::co_spawn(loop, work(db), asio::detached);
      loop.run();
    });
  }
  for (auto& thread : threads) thread.join();
  std::cout << "three loops: " << at_home << '\n';

  auto close = [&]() -> kinship::awaitable<void> { co_await db.close(); };
  asio::co_spawn(pool, close, asio::use_future).get();
  pool.join();
}
