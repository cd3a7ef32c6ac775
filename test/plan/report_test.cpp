// Plans and results as totals, text and JSON.
#include <doctest/doctest.h>

#include <kinship/cascade/plan.hpp>
#include <kinship/value/json.hpp>
#include <sstream>

using namespace kinship;

namespace {
const std::vector<CascadeStep> steps{{"Post.comments", CascadeAction::remove, "comments", 3},
                                     {"Post.fans", CascadeAction::nullify, "users", 2},
                                     {"Tag.posts", CascadeAction::pull, "posts", 1},
                                     {"User", CascadeAction::remove, "users", 1}};
}  // namespace

TEST_CASE("totals") {
  const CascadeResult result(steps, true);
  CHECK(result.deleted() == 4);
  CHECK(result.updated() == 3);
  CHECK(result.atomic());
  CHECK(result.steps() == steps);
  CHECK(CascadeResult().deleted() == 0);
}

TEST_CASE("a plan with a restriction is not allowed, and restrictions count as nothing changed") {
  CHECK(CascadePlan(steps).allowed());
  const CascadePlan forbidden({{"User.posts", CascadeAction::restrict, "posts", 2}});
  CHECK_FALSE(forbidden.allowed());
  CHECK(forbidden.deleted() == 0);
  CHECK(forbidden.updated() == 0);
  CHECK(to_string(forbidden) == "User.posts: is forbidden by 2 in posts\n0 to remove, 0 to change");
}

TEST_CASE("text") {
  CHECK(to_string(CascadePlan(steps)) ==
        "Post.comments: removes 3 in comments\nPost.fans: unsets the reference of 2 in users\n"
        "Tag.posts: pulls from 1 in posts\nUser: removes 1 in users\n4 to remove, 3 to change");
  std::ostringstream out;
  out << CascadeResult({{"User", CascadeAction::remove, "users", 1}}, false);
  CHECK(out.str() == "User: removed 1 in users\n1 removed, 0 changed, not in one transaction");
}

TEST_CASE("JSON") {
  const json result = CascadeResult({{"User", CascadeAction::remove, "users", 1}}, true);
  CHECK(
      result.dump() ==
      R"({"deleted":1,"updated":0,"steps":[{"relationship":"User","action":"remove","collection":"users","count":1}],"atomic":true})");
  const nlohmann::json plan = CascadePlan(steps);
  CHECK(plan["allowed"] == true);
  CHECK(plan["steps"].size() == 4);
  CHECK(plan["steps"][1]["action"] == "nullify");
  CHECK(plan["steps"][2]["action"] == "pull");
  CHECK(std::string(to_string(CascadeAction::update)) == "update");
  CHECK(std::string(to_string(CascadeAction::restrict)) == "restrict");
}
