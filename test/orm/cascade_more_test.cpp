// Cascades over every policy and shape: restricted before anything is written, cycles, diamonds, chunks, transactions.
// Plans say what removals do, and operations do not grow with documents.
#include <doctest/doctest.h>

#include <kinship/value/json.hpp>
#include <stdexcept>

#include "orm/firm.hpp"
#include "support/run.hpp"

using namespace firm;

namespace {

/// A store whose chunks of keys are small.
class SmallChunks : public kinship::testing::FaultyDriver {
 public:
  SmallChunks(std::shared_ptr<kinship::Driver> below, std::size_t chunk) : FaultyDriver(std::move(below)), chunk_(chunk) {}
  kinship::Capabilities capabilities() const override {
    kinship::Capabilities all = FaultyDriver::capabilities();
    all.chunk_keys = chunk_;
    return all;
  }

 private:
  std::size_t chunk_;
};

struct World {
  Firm firm{};
  std::vector<Department> departments{};
  std::vector<Staff> staff{};
};

/// `departments` of them with `staff` each, one laptop for each of the staff; one office in which all staff sit.
awaitable<void> fill(Database db, World* world, int departments, int staff) {
  db.models<Firm, Report>();
  world->firm.name = "f";
  co_await db.insert(world->firm);
  Office office;
  office.firm = world->firm;
  co_await db.insert(office);
  world->departments.resize(static_cast<std::size_t>(departments));
  for (Department& department : world->departments) department.firm = world->firm;
  co_await db.insert_many(world->departments);
  world->staff.resize(static_cast<std::size_t>(departments * staff));
  for (std::size_t i = 0; i < world->staff.size(); ++i) {
    world->staff[i].department = world->departments[i % world->departments.size()];
    world->staff[i].office = office;
  }
  co_await db.insert_many(world->staff);
  std::vector<Laptop> laptops(world->staff.size());
  for (std::size_t i = 0; i < laptops.size(); ++i) laptops[i].staff = world->staff[i];
  co_await db.insert_many(laptops);
}

}  // namespace

static awaitable<void> restricted() {
  Database db = co_await kinship::testing::memory();
  World world;
  co_await fill(db, &world, 2, 3);
  Invoice invoice;
  invoice.staff = world.staff[4];
  co_await db.insert(invoice);
  auto plan = co_await db.plan_remove(world.firm);
  CHECK(!plan.allowed());
  const auto before = db.stats().writes;
  const Caught e = co_await caught(db.remove(world.firm));
  CHECK(e.code == errc::restricted);
  CHECK(e.relationship == "Staff.invoices");
  CHECK(e.says("invoices"));
  CHECK(e.outcome == kinship::Outcome::not_applied);
  CHECK(db.stats().writes == before);
  CHECK(co_await db.find<Staff>().count() == 6);
  CHECK(co_await db.find<Laptop>().where(!kinship::field<&Laptop::staff>.is_null()).count() == 6);
  const Caught query = co_await caught(db.find<Department>().remove_all());
  CHECK(query.code == errc::restricted);
  const Caught relation = co_await caught(world.departments[1].staff.cascade_delete());
  CHECK(relation.code == (world.staff[4].department.id() == world.departments[1].id ? errc::restricted : errc{}));
  co_await db.remove(invoice);
  auto allowed = co_await db.plan_remove(world.firm);
  CHECK(allowed.allowed());
  co_await db.close();
}
TEST_CASE("restrict is checked before anything is written") { kinship::test::run(restricted()); }

static awaitable<void> diamond() {
  Database db = co_await kinship::testing::memory();
  World world;
  co_await fill(db, &world, 2, 3);
  Report report;
  report.firm = world.firm;
  co_await db.insert(report);
  auto plan = co_await db.plan_remove(world.firm);
  auto result = co_await db.remove(world.firm);
  CHECK(result.deleted() == 1 + 1 + 2 + 6 + 1);  // staff, met twice, counts once; the report says so itself
  CHECK(result.updated() == 6);
  CHECK(plan.deleted() == result.deleted());
  CHECK(plan.updated() == result.updated());
  CHECK(plan.steps() == result.steps());
  CHECK(co_await db.find<Laptop>().count() == 6);
  CHECK(co_await db.find<Laptop>().where(kinship::field<&Laptop::staff>.is_null()).count() == 6);
  CHECK(co_await db.find<Report>().count() == 0);
  const std::string text = kinship::to_string(result);
  CHECK(text.find("Staff.laptops: unset the reference of 6 in laptops") != std::string::npos);
  CHECK(text.find("11 removed, 6 changed") != std::string::npos);
  const nlohmann::ordered_json out = result;
  CHECK(out["deleted"] == 11);
  CHECK(out["updated"] == 6);
  CHECK(out["atomic"] == true);
  CHECK(out["steps"].size() == result.steps().size());
  const nlohmann::ordered_json planned = plan;
  CHECK(planned["allowed"] == true);
  CHECK(result.steps().back().relationship == "Firm");
  co_await db.close();
}
TEST_CASE("a diamond counts each document once, and the plan says what the removal does") { kinship::test::run(diamond()); }

// The next level of a tree, `each` below every one of `level`; not stored yet.
static std::vector<Category> below(const std::vector<Category>& level, int each) {
  std::vector<Category> next;
  for (const Category& parent : level)
    for (int i = 0; i < each; ++i) {
      Category child;
      child.parent = parent;
      next.push_back(child);
    }
  return next;
}

static awaitable<void> self_references() {
  Database db = co_await kinship::testing::memory();
  Category root;
  root.name = "root";
  co_await db.insert(root);
  std::vector<Category> level(1, root);
  std::uint64_t made = 1;
  for (int depth = 0; depth < 4; ++depth) {
    std::vector<Category> next = below(level, 3);
    co_await db.insert_many(next);
    made += next.size();
    level = std::move(next);
  }
  Category other;
  other.name = "other";
  co_await db.insert(other);
  // A cycle: the root below one of its leaves.
  root.parent = level.front();
  co_await db.save(root);
  auto plan = co_await db.plan_remove(root);
  CHECK(plan.deleted() == made);
  QueryCounter queries(db);
  auto result = co_await db.remove(root);
  CHECK(result.deleted() == made);
  CHECK(queries.count() <= 4 * 5);
  CHECK(co_await db.find<Category>().count() == 1);
  // One that is its own parent.
  other.parent = other;
  co_await db.save(other);
  auto own = co_await db.remove(other);
  CHECK(own.deleted() == 1);
  co_await db.close();
}
TEST_CASE("cycles and self references end") { kinship::test::run(self_references()); }

static awaitable<std::uint64_t> operations_for(int departments, int staff) {
  Database db = co_await kinship::testing::memory();
  World world;
  co_await fill(db, &world, departments, staff);
  QueryCounter queries(db);
  auto result = co_await db.remove(world.firm);
  CHECK(result.deleted() == 2 + static_cast<std::uint64_t>(departments + departments * staff));
  const std::uint64_t count = queries.count();
  co_await db.close();
  co_return count;
}
static awaitable<void> bounded() {
  const std::uint64_t ten = co_await operations_for(2, 5);
  const std::uint64_t thousand = co_await operations_for(20, 50);
  CHECK(ten == thousand);
  CHECK(ten < 25);
}
TEST_CASE("operations of a cascade do not grow with documents") { kinship::test::run(bounded()); }

static awaitable<void> chunks() {
  Database store = co_await kinship::testing::memory();
  Database db(std::make_shared<SmallChunks>(kinship::testing::driver_of(store), 7));
  World world;
  co_await fill(db, &world, 5, 12);
  auto plan = co_await db.plan_remove(world.firm);
  CHECK(plan.deleted() == 1 + 1 + 5 + 60);
  auto result = co_await db.remove(world.firm);
  CHECK(result.deleted() == plan.deleted());
  CHECK(result.updated() == 60);
  CHECK(co_await db.find<Staff>().count() == 0);
  CHECK(co_await db.find<Laptop>().where(kinship::field<&Laptop::staff>.is_null()).count() == 60);
  // A tree, deeper and wider than a chunk.
  std::vector<Category> level(1);
  co_await db.insert_many(level);
  const Category top = level[0];
  for (int depth = 0; depth < 2; ++depth) {
    std::vector<Category> next = below(level, 10);
    co_await db.insert_many(next);
    level = std::move(next);
  }
  Category root = top;
  auto tree = co_await db.remove(root);
  CHECK(tree.deleted() == 111);
  CHECK(co_await db.find<Category>().count() == 0);
  co_await db.close();
}
TEST_CASE("more documents than a chunk have the same end") { kinship::test::run(chunks()); }

static awaitable<void> in_transactions() {
  Database db = co_await kinship::testing::memory();
  World world;
  co_await fill(db, &world, 2, 3);
  auto failing = [&](Database tx) -> awaitable<void> {
    auto result = co_await tx.remove(world.firm);
    CHECK(result.deleted() == 10);
    CHECK(co_await tx.find<Staff>().count() == 0);
    throw std::runtime_error("no");
  };
  bool thrown = false;
  try {
    co_await db.transaction(failing);
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  CHECK(thrown);
  CHECK(co_await db.find<Staff>().count() == 6);
  CHECK(co_await db.find<Laptop>().where(!kinship::field<&Laptop::staff>.is_null()).count() == 6);
  auto work = [&](Database tx) -> awaitable<void> { co_await tx.remove(world.firm); };
  co_await db.transaction(work);
  CHECK(co_await db.find<Staff>().count() == 0);
  // A leaf, and one that was removed before.
  auto laptop = co_await db.find<Laptop>().first();
  REQUIRE(laptop);
  auto one = co_await db.remove(*laptop);
  CHECK(one.deleted() == 1);
  CHECK(one.steps().size() == 1);
  CHECK(one.steps()[0].relationship == "Laptop");
  const Caught again = co_await caught(db.remove(*laptop));
  CHECK(again.code == errc::not_found);
  Laptop never;
  const Caught unbound = co_await caught(db.remove(never));
  CHECK(unbound.code == errc::unbound);
  const Caught unplanned = co_await caught(db.plan_remove(never));
  CHECK(unplanned.code == errc::unbound);
  co_await db.close();
}
TEST_CASE("a cascade joins the transaction it is in, and vanishes with it") { kinship::test::run(in_transactions()); }
