// kill -9 of a process in the middle of its commits: what it acknowledged is there, the indexes fit, the file opens again.
// The child is this executable again, told by an environment variable; it reports each acknowledgement through a pipe.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <thread>

#include "faults/child.hpp"
#include "faults/temporary.hpp"
#include "faults/verify.hpp"
#include "store/calls.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

// Inserts documents one by one from `from` on, updates the one before, and tells each acknowledged number.
[[noreturn]] void child(const std::string& path, int out, int from) {
  const auto driver = open_file(path);
  create_index(*driver, "c", doc("n", 1));
  create_index(*driver, "c", doc("tags", 1));
  for (int i = from;; ++i) {
    WriteOperation operation;
    operation.collection = "c";
    operation.items.push_back(insert_item(doc("_id", i, "n", 0, "tags", array(i, i % 10), "text", std::string(300, 'x'))));
    operation.items.push_back(update_item(doc("_id", i - 1), doc("$set", doc("n", i, "tags", array(i, 1, 2)))));
    if (run(driver->write(std::move(operation))).inserted != 1) _exit(3);
    if (write(out, &i, sizeof i) != sizeof i) _exit(4);
  }
}

struct Killed {
  int acknowledged{-1};
  bool by_signal{};
};

constexpr const char* variable = "KINSHIP_KILL_CHILD";

Killed run_and_kill(const std::string& path, int from, int after) {
  Child started(variable, std::to_string(from) + "|" + path);
  Killed killed;
  int number = 0;
  for (int i = 0; i < after && started.next(number); ++i) killed.acknowledged = number;
  killed.by_signal = started.kill();
  while (started.next(number)) killed.acknowledged = number;
  return killed;
}

const bool is_child = [] {
  int reports = 0;
  std::string arguments;
  if (!told(variable, reports, arguments)) return false;
  child(arguments.substr(arguments.find('|') + 1), reports, std::atoi(arguments.c_str()));
}();

}  // namespace

TEST_CASE("kill -9 in the middle of commits loses nothing that was acknowledged") {
  REQUIRE_FALSE(is_child);
  const Folder folder;
  const std::string path = folder / "a.db";
  const char* asked = std::getenv("KINSHIP_KILL_ROUNDS");
  const int rounds = asked != nullptr ? std::atoi(asked) : 8;
  std::minstd_rand random(7);
  int from = 0;
  for (int round = 0; round < rounds; ++round) {
    const Killed killed = run_and_kill(path, from, 1 + static_cast<int>(random() % 60));
    REQUIRE(killed.by_signal);
    REQUIRE(killed.acknowledged >= from);
    const auto driver = open_file(path);
    const auto total = static_cast<int>(count(*driver, "c"));
    CHECK(total >= killed.acknowledged + 1);
    CHECK(count(*driver, "c", doc("_id", doc("$lte", killed.acknowledged))) ==
          static_cast<std::uint64_t>(killed.acknowledged) + 1);
    close(driver);
    CHECK(verify_file(path) == "");
    from = total;
  }
}

TEST_CASE("a second process writes on the same file, and is killed beside us") {
  const Folder folder;
  const std::string path = folder / "a.db";
  const auto driver = open_file(path);
  create_index(*driver, "d", doc("n", 1), true);
  std::atomic<bool> over{};
  int own = 0;
  std::thread beside([&] {
    while (!over) own += static_cast<int>(insert(*driver, "d", {doc("_id", own, "n", own)}).inserted);
  });
  Killed killed;
  for (int round = 0, from = 0; round < 3; ++round) {
    killed = run_and_kill(path, from, 40);
    from = static_cast<int>(count(*driver, "c"));
    CHECK(from >= killed.acknowledged + 1);
  }
  over = true;
  beside.join();
  CHECK(killed.by_signal);
  CHECK(own > 0);
  CHECK(count(*driver, "d") == static_cast<std::uint64_t>(own));
  close(driver);
  CHECK(verify_file(path) == "");
}
