// Cascades over metadata that is not a tree: self-references, cycles, diamonds; and against a brute-force answer on
// random graphs.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "mini_store.hpp"

using namespace kinship;
using namespace kinship::plan;
using test::lines;
using test::MiniStore;

namespace {

CascadeEdge edge(std::string relationship, std::size_t parent, std::size_t child, std::string field,
                 OnDelete action = OnDelete::cascade) {
  return {std::move(relationship), parent, child, "_id", std::move(field), action, false};
}

CascadeStart from(std::size_t node, std::int64_t key) { return {node, {Value(key)}, {}}; }

CascadeOptions options(CascadeMode mode, std::size_t chunk = 1000) {
  CascadeOptions result;
  result.mode = mode;
  result.chunk = chunk;
  return result;
}

const CascadeGraph tree{{{"Folder", "folders"}}, {edge("Folder.children", 0, 0, "parent_id")}};

}  // namespace

TEST_CASE("a self-reference ends, and takes one round trip a level") {
  MiniStore store;
  store.add("folders", 1);
  for (std::int64_t i = 2; i <= 40; ++i) store.add("folders", i, {{"parent_id", i / 3 + (i < 3 ? 1 : 0)}});
  store.add("folders", 99);
  CascadePlanner planner(tree, from(0, 1), options(CascadeMode::run));
  store.run(planner);
  CHECK(store.ids("folders") == "99");
  CHECK(lines(planner.steps()) == "Folder.children: remove 39 in folders\nFolder: remove 1 in folders\n");
  CHECK(store.round_trips <= 8);
}

TEST_CASE("a cycle in the data ends") {
  MiniStore store;
  store.add("folders", 1, {{"parent_id", 3}});
  store.add("folders", 2, {{"parent_id", 1}});
  store.add("folders", 3, {{"parent_id", 2}});
  store.add("folders", 4, {{"parent_id", 4}});
  for (const auto mode : {CascadeMode::plan, CascadeMode::run}) {
    CascadePlanner planner(tree, from(0, 2), options(mode));
    store.run(planner);
    CHECK(lines(planner.steps()) == "Folder.children: remove 2 in folders\nFolder: remove 1 in folders\n");
  }
  CHECK(store.ids("folders") == "4");
}

TEST_CASE("a deep chain is removed from its end") {
  MiniStore store;
  store.add("folders", 1);
  for (std::int64_t i = 2; i <= 25; ++i) store.add("folders", i, {{"parent_id", i - 1}});
  CascadePlanner planner(tree, from(0, 1), options(CascadeMode::run, 10));
  std::vector<std::string> removals;
  while (!planner.done()) {
    if (planner.need().kind == CascadeNeed::Kind::remove) removals.push_back(test::line(planner.need()));
    store.answer(planner);
  }
  REQUIRE(removals.size() == 3);
  CHECK(removals.front().find("[16, ") != std::string::npos);
  CHECK(removals.back().find("[1, ") != std::string::npos);
  CHECK(planner.remembered() == 25);
}

TEST_CASE("a restriction on itself forbids only children that stay") {
  const CascadeGraph staff{{{"Employee", "employees"}}, {edge("Employee.reports", 0, 0, "boss_id", OnDelete::restrict)}};
  MiniStore store;
  store.add("employees", 1, {{"boss_id", 1}});
  store.add("employees", 2);
  store.add("employees", 3, {{"boss_id", 2}});
  CascadePlanner own_boss(staff, from(0, 1), options(CascadeMode::run));
  store.run(own_boss);
  CHECK(own_boss.violation().empty());
  CascadePlanner boss(staff, from(0, 2), options(CascadeMode::run));
  store.run(boss);
  CHECK(boss.violated_relationship() == "Employee.reports");
  CHECK(store.ids("employees") == "2 3");
}

TEST_CASE("a document met from two sides goes and counts once") {
  // Users own posts and comments; posts own comments, comments own likes.
  const CascadeGraph graph{{{"User", "users"}, {"Post", "posts"}, {"Comment", "comments"}, {"Like", "likes"}},
                           {edge("User.posts", 0, 1, "author_id"), edge("User.comments", 0, 2, "author_id"),
                            edge("Post.comments", 1, 2, "post_id"), edge("Comment.likes", 2, 3, "comment_id")}};
  MiniStore store;
  store.add("users", 1);
  store.add("posts", 10, {{"author_id", 1}});
  store.add("posts", 11);
  store.add("comments", 20, {{"author_id", 1}, {"post_id", 10}});
  store.add("comments", 21, {{"author_id", 2}, {"post_id", 10}});
  store.add("comments", 22, {{"author_id", 1}, {"post_id", 11}});
  store.add("comments", 23, {{"author_id", 2}, {"post_id", 11}});
  for (std::int64_t i = 0; i < 4; ++i) store.add("likes", 30 + i, {{"comment_id", 20 + i}});
  const char* const expected =
      "Comment.likes: remove 3 in likes\nPost.comments: remove 2 in comments\nUser.posts: remove 1 in posts\n"
      "User.comments: remove 1 in comments\nUser: remove 1 in users\n";
  CascadePlanner dry(graph, from(0, 1), options(CascadeMode::plan));
  store.run(dry);
  CHECK(lines(dry.steps()) == expected);
  CascadePlanner planner(graph, from(0, 1), options(CascadeMode::run));
  store.run(planner);
  CHECK(lines(planner.steps()) == expected);
  CHECK(store.ids("comments") == "23");
  CHECK(store.ids("likes") == "33");
  CHECK(planner.remembered() == 0);
}

TEST_CASE("nullify leaves alone what goes itself") {
  // A user's favourite post: unset when the post goes, unless the user goes too.
  const CascadeGraph graph{
      {{"User", "users"}, {"Post", "posts"}},
      {edge("User.posts", 0, 1, "author_id"), edge("Post.fans", 1, 0, "favourite_id", OnDelete::nullify)}};
  for (const auto mode : {CascadeMode::plan, CascadeMode::run}) {
    MiniStore store;
    store.add("users", 1, {{"favourite_id", 10}});
    store.add("users", 2, {{"favourite_id", 10}});
    store.add("posts", 10, {{"author_id", 1}});
    CascadePlanner planner(graph, from(0, 1), options(mode));
    store.run(planner);
    CHECK(lines(planner.steps()) ==
          "Post.fans: nullify 1 in users\nUser.posts: remove 1 in posts\nUser: remove 1 in users\n");
    if (mode == CascadeMode::run) CHECK(describe(Value(store.get("users", 2))) == R"({"_id": 2})");
  }
}

TEST_CASE("many remembered ids are told of, once") {
  MiniStore store;
  store.add("folders", 1);
  for (std::int64_t i = 2; i <= 300; ++i) store.add("folders", i, {{"parent_id", 1}});
  CascadeOptions with_hook = options(CascadeMode::run, 50);
  std::vector<std::size_t> told;
  with_hook.remember_limit = 100;
  with_hook.on_many_remembered = [&](std::size_t count) { told.push_back(count); };
  CascadePlanner planner(tree, from(0, 1), with_hook);
  store.run(planner);
  CHECK(told == std::vector<std::size_t>{101});
  CHECK(store.size() == 0);
}

TEST_CASE("keys other than the id are followed") {
  const CascadeGraph graph{
      {{"User", "users"}, {"Mail", "mails"}, {"Part", "parts"}},
      {{"User.mails", 0, 1, "address", "to", OnDelete::cascade, false}, edge("Mail.parts", 1, 2, "mail_id")}};
  MiniStore store;
  store.add("users", 1, {{"address", 100}});
  store.add("users", 2, {{"address", 0}});
  store.add("mails", 10, {{"to", 100}});
  store.add("mails", 11, {{"to", 0}});
  store.add("parts", 20, {{"mail_id", 10}});
  for (const std::int64_t id : {1, 2}) {
    CascadePlanner planner(graph, from(0, id), options(CascadeMode::run));
    store.run(planner);
  }
  CHECK(store.ids("users") == "");
  CHECK(store.ids("mails") == "11");
  CHECK(store.ids("parts") == "");
}

TEST_CASE("an array of keys leads to each of its elements") {
  const CascadeGraph graph{{{"Post", "posts"}, {"Tag", "tags"}},
                           {{"Post.tags", 0, 1, "tag_ids", "_id", OnDelete::cascade, false},
                            {"Tag.posts", 1, 0, "_id", "tag_ids", OnDelete::pull, true}}};
  const auto post = [](std::int64_t id, std::vector<std::int64_t> tags) {
    bson::Builder out;
    out.append_int64("_id", id).begin_array("tag_ids");
    for (const auto tag : tags) out.append_int64("", tag);
    return out.end().finish();
  };
  for (const auto mode : {CascadeMode::plan, CascadeMode::run}) {
    MiniStore store;
    store.add("posts", post(1, {10, 11, 10}));
    store.add("posts", post(2, {11, 12}));
    for (const std::int64_t id : {10, 11, 12}) store.add("tags", id);
    CascadePlanner planner(graph, from(0, 1), options(mode));
    store.run(planner);
    CHECK(lines(planner.steps()) == "Tag.posts: pull 1 in posts\nPost.tags: remove 2 in tags\nPost: remove 1 in posts\n");
    if (mode == CascadeMode::plan) continue;
    CHECK(store.ids("tags") == "12");
    CHECK(describe(Value(store.get("posts", 2))) == R"({"_id": 2, "tag_ids": [12]})");
  }
}

TEST_CASE("what join rows lead to goes too, with all links to it") {
  const CascadeGraph graph{{{"Post", "posts"}, {"PostTag", "links"}, {"Tag", "tags"}},
                           {edge("Post.tags", 0, 1, "post_id"),
                            edge("Post.tags", 2, 1, "tag_id"),
                            {"Post.tags", 1, 2, "tag_id", "_id", OnDelete::cascade, false}}};
  for (const auto mode : {CascadeMode::plan, CascadeMode::run}) {
    MiniStore store;
    for (const std::int64_t id : {1, 2}) store.add("posts", id);
    for (const std::int64_t id : {10, 11, 12}) store.add("tags", id);
    store.add("links", 20, {{"post_id", 1}, {"tag_id", 10}});
    store.add("links", 21, {{"post_id", 1}, {"tag_id", 11}});
    store.add("links", 22, {{"post_id", 2}, {"tag_id", 11}});
    store.add("links", 23, {{"post_id", 2}, {"tag_id", 12}});
    CascadePlanner planner(graph, from(0, 1), options(mode));
    store.run(planner);
    CHECK(CascadeReport(planner.steps()).deleted() == 6);
    if (mode == CascadeMode::plan) continue;
    CHECK(store.ids("posts") == "2");
    CHECK(store.ids("links") == "23");
    CHECK(store.ids("tags") == "12");
  }
}

namespace {

// One random world: up to 5 models, random edges and documents.
struct World {
  CascadeGraph graph;
  struct Row {
    std::size_t node;
    std::int64_t id;
    std::vector<std::pair<std::string, std::int64_t>> fields;
  };
  std::vector<Row> rows;

  explicit World(unsigned seed) {
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    const std::size_t nodes = 1 + pick(5), edges = 1 + pick(7);
    for (std::size_t i = 0; i < nodes; ++i) graph.nodes.push_back({"M" + std::to_string(i), "c" + std::to_string(i)});
    for (std::size_t i = 0; i < edges; ++i) {
      const OnDelete actions[] = {OnDelete::cascade, OnDelete::cascade,  OnDelete::cascade,
                                  OnDelete::nullify, OnDelete::restrict, OnDelete::nothing};
      graph.edges.push_back(
          edge("E" + std::to_string(i), pick(nodes), pick(nodes), "f" + std::to_string(i), actions[pick(6)]));
    }
    for (std::int64_t id = 1; id <= 30; ++id) {
      Row row{pick(nodes), id, {}};
      for (const CascadeEdge& e : graph.edges)
        if (e.child == row.node && pick(3) > 0) row.fields.emplace_back(e.child_field, static_cast<std::int64_t>(pick(31)));
      rows.push_back(std::move(row));
    }
  }

  const Row& row(std::int64_t id) const { return rows[static_cast<std::size_t>(id - 1)]; }

  // Ids that go with `start`, by trying until nothing changes.
  std::set<std::int64_t> removed(std::int64_t start) const {
    std::set<std::int64_t> gone{start};
    for (bool changed = true; changed;) {
      changed = false;
      for_references([&](const CascadeEdge& e, const Row& child, std::int64_t parent) {
        if (e.action == OnDelete::cascade && gone.count(parent) && gone.insert(child.id).second) changed = true;
      });
    }
    return gone;
  }

  bool restricted(const std::set<std::int64_t>& gone) const {
    bool result = false;
    for_references([&](const CascadeEdge& e, const Row& child, std::int64_t parent) {
      if (e.action == OnDelete::restrict && gone.count(parent) && !gone.count(child.id)) result = true;
    });
    return result;
  }

  template <class F>
  void for_references(F f) const {
    for (const CascadeEdge& e : graph.edges)
      for (const Row& child : rows)
        for (const auto& [field, parent] : child.fields)
          if (e.child == child.node && field == e.child_field && parent > 0 && row(parent).node == e.parent)
            f(e, child, parent);
  }

  MiniStore store() const {
    MiniStore result;
    for (const Row& r : rows) result.add(graph.nodes[r.node].collection, r.id, r.fields);
    return result;
  }
};

}  // namespace

TEST_CASE("random graphs: exactly what must go goes, a plan counts the same, and a restriction changes nothing") {
  int removed = 0, refused = 0;
  for (unsigned seed = 0; seed < 600; ++seed) {
    CAPTURE(seed);
    const World world(seed);
    const std::int64_t start = 1 + seed % 30;
    const auto gone = world.removed(start);
    const CascadeStart root = from(world.row(start).node, start);
    const std::size_t chunk = 1 + seed % 4;
    MiniStore store = world.store();
    CascadePlanner dry(world.graph, root, options(CascadeMode::plan, chunk));
    store.run(dry);
    CascadePlanner planner(world.graph, root, options(CascadeMode::run, chunk));
    store.run(planner);
    const CascadePlan plan(dry.steps());
    if (world.restricted(gone)) {
      ++refused;
      CHECK_FALSE(planner.violation().empty());
      CHECK(store.writes == 0);
      CHECK_FALSE(plan.allowed());
      continue;
    }
    ++removed;
    const CascadeResult result(planner.steps(), true);
    CHECK(planner.violation().empty());
    CHECK(plan.allowed());
    CHECK(store.size() == 30 - gone.size());
    CHECK(result.deleted() == gone.size());
    CHECK(plan.deleted() == gone.size());
    CHECK(plan.updated() == result.updated());
    // Unset is exactly what referred to something that went.
    std::uint64_t references = 0;
    std::set<std::pair<std::int64_t, std::string>> unset;
    world.for_references([&](const CascadeEdge& e, const World::Row& child, std::int64_t parent) {
      if (e.action == OnDelete::nullify && gone.count(parent) && !gone.count(child.id))
        unset.emplace(child.id, e.child_field);
    });
    for (const auto& [id, field] : unset)
      references += store.get(world.graph.nodes[world.row(id).node].collection, id)[field].missing() ? 0 : 1;
    CHECK(references == 0);
    CHECK(result.updated() == unset.size());
  }
  CHECK(removed > 100);
  CHECK(refused > 20);
}
