// kill -9 in the middle of cascades: no orphan, no half of a tree, and what was acknowledged holds. KINSHIP_KILL_ROUNDS asks
// for more rounds than a build runs.
#include <doctest/doctest.h>
#include <sched.h>

#include <boost/describe.hpp>
#include <cstdlib>
#include <kinship/cascade/plan.hpp>
#include <kinship/database.hpp>
#include <kinship/model/define.hpp>
#include <random>
#include <set>

#include "faults/child.hpp"
#include "faults/temporary.hpp"
#include "faults/verify.hpp"
#include "store/calls.hpp"

namespace trees {

constexpr int branches = 3, leaves = 4;

struct Branch;
struct Leaf;
struct Root {
  std::int64_t id{};
  kinship::OneToMany<Branch> branches{};
};
struct Branch {
  std::int64_t id{};
  kinship::BelongsTo<Root> root{};
  kinship::OneToMany<Leaf> leaves{};
};
struct Leaf {
  std::int64_t id{};
  kinship::BelongsTo<Branch> branch{};
};
BOOST_DESCRIBE_STRUCT(Root, (), (id))
BOOST_DESCRIBE_STRUCT(Branch, (), (id, root))
BOOST_DESCRIBE_STRUCT(Leaf, (), (id, branch))

kinship::Model mapping(kinship::of<Root>) {
  return kinship::define<Root>("roots").one_to_many<&Root::branches, &Branch::root>({.cascade_delete = true});
}
kinship::Model mapping(kinship::of<Branch>) {
  return kinship::define<Branch>("branches")
      .belongs_to<&Branch::root>()
      .one_to_many<&Branch::leaves, &Leaf::branch>({.cascade_delete = true});
}
kinship::Model mapping(kinship::of<Leaf>) { return kinship::define<Leaf>("leaves").belongs_to<&Leaf::branch>(); }

struct Report {
  enum What : int { inserted, removing, removed } what{};
  int root{};
};

static void tell(int out, Report::What what, int root) {
  const Report report{what, root};
  if (write(out, &report, sizeof report) != sizeof report) _exit(4);
}

static kinship::awaitable<void> plant(kinship::Database db, int number) {
  auto make = [number](kinship::Database tx) -> kinship::awaitable<void> {
    Root root;
    root.id = number;
    co_await tx.insert(root);
    std::vector<Branch> grown(branches);
    for (int i = 0; i < branches; ++i) {
      grown[i].id = number * 10 + i;
      grown[i].root = root;
    }
    co_await tx.insert_many(grown);
    std::vector<Leaf> green(branches * leaves);
    for (int i = 0; i < branches * leaves; ++i) {
      green[i].id = number * 100 + i;
      green[i].branch = grown[i % branches];
    }
    co_await tx.insert_many(green);
  };
  co_await db.transaction(make);
}

static kinship::awaitable<void> work(std::string path, int out, int from) {
  kinship::Database db = co_await kinship::connect("sqlite:" + path);
  co_await db.ensure_indexes<Root, Branch, Leaf>();
  for (int i = from;; ++i) {
    co_await plant(db, i);
    tell(out, Report::inserted, i);
    if (i % 3 == 0) continue;
    auto root = co_await db.get<Root>(i);
    tell(out, Report::removing, i);
    auto result = co_await db.remove(*root);
    if (result.deleted() != 1 + branches + branches * leaves) _exit(6);
    tell(out, Report::removed, i);
  }
}

constexpr const char* variable = "KINSHIP_CASCADE_CHILD";

const bool is_child = [] {
  int reports = 0;
  std::string arguments;
  if (!kinship::test::told(variable, reports, arguments)) return false;
  kinship::test::run(work(arguments.substr(arguments.find('|') + 1), reports, std::atoi(arguments.c_str())));
  _exit(7);
}();

struct Forest {
  std::set<int> standing, falling, fallen;
  int last{};

  void hear(const Report& report) {
    last = std::max(last, report.root);
    if (report.what == Report::inserted) standing.insert(report.root);
    if (report.what == Report::removing) standing.erase(report.root), falling.insert(report.root);
    if (report.what == Report::removed) falling.erase(report.root), fallen.insert(report.root);
  }
};

static void check(const std::string& path, const Forest& forest) {
  using namespace kinship::test;
  const auto driver = open_file(path);
  std::set<int> roots;
  for (const auto& root : copy(run(driver->find(find_operation("roots"))).first))
    roots.insert(static_cast<int>(root["_id"].as_int64()));
  for (const int root : forest.standing) CHECK(roots.count(root) == 1);
  for (const int root : forest.fallen) CHECK(roots.count(root) == 0);
  // Whole trees only: as many branches and leaves as the roots have, each below one of them.
  for (const auto& branch : copy(run(driver->find(find_operation("branches"))).first))
    CHECK(roots.count(static_cast<int>(branch["root_id"].as_int64())) == 1);
  for (const auto& leaf : copy(run(driver->find(find_operation("leaves"))).first))
    CHECK(roots.count(static_cast<int>(leaf["branch_id"].as_int64() / 10)) == 1);
  CHECK(count(*driver, "branches") == roots.size() * branches);
  CHECK(count(*driver, "leaves") == roots.size() * branches * leaves);
  close(driver);
  CHECK(verify_file(path) == "");
}

}  // namespace trees

TEST_CASE("kill -9 in the middle of cascades leaves no orphan and loses nothing that was acknowledged") {
  REQUIRE_FALSE(trees::is_child);
  const kinship::test::Folder folder;
  const char* asked = std::getenv("KINSHIP_KILL_ROUNDS");
  const int rounds = asked != nullptr ? std::atoi(asked) : 6;
  std::minstd_rand random(11);
  trees::Forest forest;
  int in_cascade = 0;
  for (int round = 0; round < rounds; ++round) {
    kinship::test::Child child(trees::variable, std::to_string(forest.last + 2) + "|" + folder / "a.db");
    trees::Report report;
    for (int left = 2 + static_cast<int>(random() % 40); left > 0 && child.next(report); --left) forest.hear(report);
    // Some moments further, so that it dies at any point of its work.
    for (int spin = static_cast<int>(random() % 4000); spin > 0; --spin) sched_yield();
    CHECK(child.kill());
    while (child.next(report)) forest.hear(report);
    in_cascade += report.what == trees::Report::removing;
    trees::check(folder / "a.db", forest);
  }
  CHECK(forest.fallen.size() > 0);
  MESSAGE(rounds << " rounds, " << in_cascade << " of them inside a removal");
}
