// What the planner decides: which index, whether its ranges are the whole answer, whether it gives the order.
// The answers themselves are the conformance suite's business.
#include <doctest/doctest.h>

#include <string>

#include "driver/sqlite/planner.hpp"
#include "support/bson.hpp"

using namespace kinship;
using namespace kinship::sqlite;
using kinship::test::array;
using kinship::test::doc;

namespace {

struct Planned {
  Planned() {
    posts.name = "posts";
    add("_id_", doc("_id", 1), true);
    add("author_1", doc("author", 1));
    add("author_1_likes_-1", doc("author", 1, "likes", -1));
    add("email_1", doc("email", 1), true, true);
    add("tags_1", doc("tags", 1));
    posts.indexes.back().multikey = true;
    add("a.x_1_a.y_1", doc("a.x", 1, "a.y", 1));
    posts.indexes.back().multikey = true;
  }
  void add(std::string name, bson::Document keys, bool unique = false, bool sparse = false) {
    Index index{static_cast<std::int64_t>(posts.indexes.size() + 1), std::move(name), keys, {}, false};
    index.spec = IndexSpec::compile(keys, unique, sparse);
    posts.indexes.push_back(std::move(index));
  }
  Plan plan(const bson::Document& filter, const bson::Document& sort = {}, bool limited = false,
            std::string_view keys_of = {}) {
    const Matcher matcher = Matcher::compile(filter.view());
    const Sorter sorter = Sorter::compile(sort);
    PlanWish wish;
    if (!sorter.empty()) wish.sort = &sorter;
    wish.limited = limited;
    wish.keys_of = keys_of;
    return make_plan(posts, matcher, wish);
  }
  static std::string name(const Plan& plan) { return plan.index == nullptr ? "" : plan.index->name; }
  CollectionInfo posts;
};

}  // namespace

TEST_CASE_FIXTURE(Planned, "equality and $in on one field are decided by the index alone") {
  const Plan one = plan(doc("_id", 7));
  CHECK(name(one) == "_id_");
  CHECK(one.points);
  CHECK(one.exact);
  const Plan many = plan(doc("author", doc("$in", array(3, 1, 3, 2.0, 2))));
  CHECK(many.keys.size() == 3);
  CHECK(many.exact);
  CHECK(plan(doc("tags", doc("$in", array("a", "b")))).exact);
}

TEST_CASE_FIXTURE(Planned, "another condition, null, and documents leave the decision to the matcher") {
  CHECK_FALSE(plan(doc("author", 1, "ok", true)).exact);
  CHECK_FALSE(plan(doc("author", nullptr)).exact);
  CHECK(name(plan(doc("author", nullptr))) != "");
  CHECK_FALSE(plan(doc("author", doc("$in", array(1, nullptr)))).exact);
}

TEST_CASE_FIXTURE(Planned, "negations, sparse nulls and unknown fields read everything") {
  CHECK(name(plan(doc("author", doc("$ne", 1)))) == "");
  CHECK(name(plan(doc("email", nullptr))) == "");
  CHECK(name(plan(doc("title", "x"))) == "");
  CHECK(name(plan(doc("email", "x"))) == "email_1");
  CHECK(plan(doc("author", doc("$in", array()))).never);
}

TEST_CASE_FIXTURE(Planned, "arrays: ranges are not intersected, fields of one array not combined") {
  const Plan range = plan(doc("tags", doc("$gt", 3, "$lt", 2)));
  REQUIRE(range.keys.size() == 1);
  CHECK(range.keys.low(0) < range.keys.high(0));
  CHECK(range.repeats());
  const Plan pair = plan(doc("a.x", 1, "a.y", 5));
  REQUIRE(name(pair) == "a.x_1_a.y_1");
  CHECK_FALSE(pair.points);
  const Plan scalar = plan(doc("author", 1, "likes", doc("$gt", 3, "$lt", 9)));
  CHECK(name(scalar) == "author_1_likes_-1");
}

TEST_CASE_FIXTURE(Planned, "an index that has the order is taken for it, forwards and backwards") {
  const Plan forward = plan(doc("author", 1), doc("likes", -1), true);
  CHECK(name(forward) == "author_1_likes_-1");
  CHECK(forward.sorted);
  CHECK_FALSE(forward.backward);
  CHECK(plan(doc("author", 1), doc("likes", 1), true).backward);
  CHECK_FALSE(plan(doc("author", 1), doc("title", 1), true).sorted);
  CHECK_FALSE(plan(doc("tags", 1), doc("tags", 1), true).sorted);
  const Plan everything = plan({}, doc("_id", -1), true);
  CHECK(name(everything) == "_id_");
  CHECK(everything.backward);
  CHECK(name(plan({}, doc("email", 1), true)) == "");  // sparse
}

TEST_CASE_FIXTURE(Planned, "per key: the order holds within each key") {
  const auto authors = doc("author", doc("$in", array(1, 2)));
  const Plan plan_per_key = plan(authors, doc("likes", -1), true, "author");
  CHECK(name(plan_per_key) == "author_1_likes_-1");
  CHECK(plan_per_key.sorted);
  CHECK(plan_per_key.keys.size() == 2);
  CHECK_FALSE(plan(authors, doc("likes", -1), true).sorted);
  CHECK(name(plan(doc("title", doc("$in", array(1, 2))), {}, true, "title")) == "");
}

TEST_CASE_FIXTURE(Planned, "an $or is served when each of its branches is") {
  const auto either = [](bson::Document a, bson::Document b) { return doc("$or", array(a, b)); };
  const Plan both = plan(either(doc("author", 1), doc("tags", doc("$in", array("x", "y")))));
  CHECK(name(both) == "");
  REQUIRE(both.branches.size() == 2);
  CHECK(name(both.branches[0]) == "author_1");
  CHECK(name(both.branches[1]) == "tags_1");
  CHECK(both.branches[1].keys.size() == 2);
  CHECK_FALSE(both.exact);
  CHECK(plan(either(doc("author", 1), doc("title", 1))).branches.empty());
  CHECK(plan(either(doc("author", 1), bson::Document())).branches.empty());
  CHECK(plan(either(doc("author", 1), either(doc("_id", 5), doc("_id", 7)))).branches.size() == 3);
  CHECK(plan(either(doc("author", 1), doc("author", doc("$in", array())))).branches.size() == 1);
  CHECK(plan(doc("$nor", array(doc("author", 1), doc("_id", 2)))).branches.empty());
  CHECK(plan(doc("$or", array(doc("author", 1), doc("_id", 2)), "title", "x")).branches.size() == 2);
  // What one index narrows is not asked branch by branch, nor what must come in order and is wanted in part.
  CHECK(name(plan(doc("$or", array(doc("author", 1), doc("author", 2)), "_id", 3))) == "_id_");
  CHECK(plan(either(doc("author", 1), doc("_id", 2)), doc("_id", 1), true).sorted);
  CHECK(plan(either(doc("author", 1), doc("_id", 2)), doc("_id", 1)).branches.size() == 2);
}
