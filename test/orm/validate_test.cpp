// validate: a child is stored, added or moved only while its parent exists; what was refused is as it was.
// Several at once are stored together or not at all.
#include <doctest/doctest.h>

#include "orm/desk.hpp"
#include "support/run.hpp"

using namespace desk;

static awaitable<void> validation() {
  Database db = co_await kinship::testing::memory();
  Clerk clerk = co_await clerk_in(db, "ann");
  Claim claim;
  co_await clerk.claims.add(claim);
  CHECK(claim.clerk.id() == clerk.id);
  Claim lost;
  lost.clerk = kinship::ObjectId::make();
  const Caught e = co_await caught(db.insert(lost));
  CHECK(e.code == errc::not_found);
  CHECK(e.says("Clerk"));
  CHECK(e.relationship == "Claim.clerk");
  CHECK(lost.id.is_nil());
  std::vector<Claim> claims(2);
  claims[0].clerk = clerk;
  claims[1].clerk = kinship::ObjectId::make();
  const Caught both = co_await caught(db.insert_many(claims));
  CHECK(both.code == errc::not_found);
  CHECK(claims[0].id.is_nil());
  CHECK(co_await db.find<Claim>().count() == 1);
  claim.clerk = kinship::ObjectId::make();
  const Caught moved = co_await caught(db.save(claim));
  CHECK(moved.code == errc::not_found);
  claim.clerk = clerk;
  claim.amount = 5;
  co_await db.save(claim);
  CHECK(co_await clerk.claims.where({"amount", 5}).count() == 1);
  Claim unowned;
  co_await db.insert(unowned);
  // The owner is gone: nothing can be added to it, and what was to be added is as it was.
  co_await db.remove_many<Claim>({"clerk", clerk.id});
  Clerk copy = clerk;
  co_await db.remove(copy);
  Claim late;
  const Caught gone = co_await caught(clerk.claims.add(late));
  CHECK(gone.code == errc::not_found);
  CHECK(late.id.is_nil());
  CHECK(!late.clerk.id());
  co_await db.close();
}
TEST_CASE("validate stores a child only while its parent exists") { kinship::test::run(validation()); }
