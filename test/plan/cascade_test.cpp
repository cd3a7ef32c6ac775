// The cascade planner as transcripts: what it asks for, what it is told, and what it asks for then.
#include <doctest/doctest.h>

#include "mini_store.hpp"

using namespace kinship;
using namespace kinship::plan;
using test::line;
using test::lines;
using test::MiniStore;

namespace {

CascadeEdge edge(std::string relationship, std::size_t parent, std::size_t child, std::string field, OnDelete action) {
  return {std::move(relationship), parent, child, "_id", std::move(field), action, false};
}

enum : std::size_t { user, profile, post, comment, post_tag, tag };

// The blog of the design: users own profiles and posts, posts own comments and tag links.
CascadeGraph blog() {
  return {{{"User", "users"},
           {"Profile", "profiles"},
           {"Post", "posts"},
           {"Comment", "comments"},
           {"PostTag", "post_tags"},
           {"Tag", "tags"}},
          {edge("User.posts", user, post, "author_id", OnDelete::cascade),
           edge("User.profile", user, profile, "user_id", OnDelete::cascade),
           edge("Post.comments", post, comment, "post_id", OnDelete::cascade),
           edge("Post.tags", post, post_tag, "post_id", OnDelete::cascade),
           edge("Tag.posts", tag, post_tag, "tag_id", OnDelete::cascade)}};
}

MiniStore blog_store() {
  MiniStore store;
  for (const std::int64_t id : {1, 2}) store.add("users", id);
  store.add("profiles", 10, {{"user_id", 1}});
  for (const std::int64_t id : {20, 21}) store.add("posts", id, {{"author_id", 1}});
  store.add("posts", 22, {{"author_id", 2}});
  for (const std::int64_t id : {30, 31, 32}) store.add("comments", id, {{"post_id", 20}});
  store.add("comments", 33, {{"post_id", 22}});
  for (const std::int64_t id : {40, 41}) store.add("post_tags", id, {{"post_id", id - 20}, {"tag_id", 50}});
  store.add("post_tags", 42, {{"post_id", 22}, {"tag_id", 50}});
  store.add("tags", 50);
  return store;
}

CascadeStart from(std::size_t node, std::int64_t key) { return {node, {Value(key)}, {}}; }

CascadeOptions options(CascadeMode mode, std::size_t chunk = 1000) {
  CascadeOptions result;
  result.mode = mode;
  result.chunk = chunk;
  return result;
}

// Everything a planner asks, answered by the store.
std::string transcript(CascadePlanner& planner, MiniStore& store) {
  std::string text;
  while (!planner.done()) {
    text += line(planner.need()) + "\n";
    store.answer(planner);
  }
  return text;
}

}  // namespace

TEST_CASE("a removal asks for ids where there is more below, and removes leaves by their foreign key") {
  MiniStore store = blog_store();
  CascadePlanner planner(blog(), from(user, 1), options(CascadeMode::run));
  CHECK(transcript(planner, store) == R"(find posts where {"author_id": {"$in": [1]}} limit 1000
remove comments where {"post_id": {"$in": [20, 21]}}
remove post_tags where {"post_id": {"$in": [20, 21]}}
remove posts where {"_id": {"$in": [20, 21]}}
remove profiles where {"user_id": {"$in": [1]}}
remove users where {"_id": {"$in": [1]}}
)");
  CHECK(lines(planner.steps()) ==
        "Post.comments: remove 3 in comments\nPost.tags: remove 2 in post_tags\nUser.posts: remove 2 in posts\n"
        "User.profile: remove 1 in profiles\nUser: remove 1 in users\n");
  CHECK(store.ids("users") == "2");
  CHECK(store.ids("posts") == "22");
  CHECK(store.ids("comments") == "33");
  CHECK(store.ids("post_tags") == "42");
  CHECK(store.ids("tags") == "50");
}

TEST_CASE("a plan counts the same and writes nothing") {
  MiniStore store = blog_store();
  const std::size_t before = store.size();
  CascadePlanner planner(blog(), from(user, 1), options(CascadeMode::plan));
  CHECK(transcript(planner, store) == R"(find users where {"_id": {"$in": [1]}}
find posts where {"author_id": {"$in": [1]}}
count comments where {"post_id": {"$in": [20, 21]}}
count post_tags where {"post_id": {"$in": [20, 21]}}
count profiles where {"user_id": {"$in": [1]}}
)");
  CHECK(lines(planner.steps()) ==
        "Post.comments: remove 3 in comments\nPost.tags: remove 2 in post_tags\nUser.posts: remove 2 in posts\n"
        "User.profile: remove 1 in profiles\nUser: remove 1 in users\n");
  CHECK(store.size() == before);
  CHECK(store.writes == 0);
}

TEST_CASE("link rows go with either end") {
  MiniStore store = blog_store();
  CascadePlanner planner(blog(), from(tag, 50), options(CascadeMode::run));
  store.run(planner);
  CHECK(lines(planner.steps()) == "Tag.posts: remove 3 in post_tags\nTag: remove 1 in tags\n");
  CHECK(store.ids("posts") == "20 21 22");
}

TEST_CASE("round trips grow with chunks, not with documents") {
  for (const std::size_t chunk : {10, 100, 1000}) {
    MiniStore store;
    store.add("users", 1);
    for (int i = 0; i < 100; ++i) store.add("posts", 100 + i, {{"author_id", 1}});
    for (int i = 0; i < 1000; ++i) store.add("comments", 1000 + i, {{"post_id", 100 + i % 100}});
    CascadePlanner planner(blog(), from(user, 1), options(CascadeMode::run, chunk));
    store.run(planner);
    CHECK(store.size() == 0);
    // Per chunk of posts: a page, comments, tags, the posts; then profiles, the user, and perhaps an empty last page.
    const auto chunks = static_cast<int>((100 + chunk - 1) / chunk);
    CHECK(store.round_trips <= 4 * chunks + 3);
  }
}

TEST_CASE("removing what matches a filter streams pages") {
  MiniStore store = blog_store();
  CascadeStart start{post, {}, bson::Builder().append_int64("author_id", 1).finish()};
  CascadePlanner planner(blog(), start, options(CascadeMode::run, 1));
  CHECK(transcript(planner, store) == R"(find posts where {"author_id": 1} limit 1
remove comments where {"post_id": {"$in": [20]}}
remove post_tags where {"post_id": {"$in": [20]}}
remove posts where {"_id": {"$in": [20]}}
find posts where {"author_id": 1} limit 1
remove comments where {"post_id": {"$in": [21]}}
remove post_tags where {"post_id": {"$in": [21]}}
remove posts where {"_id": {"$in": [21]}}
find posts where {"author_id": 1} limit 1
)");
  CHECK(lines(planner.steps()) ==
        "Post.comments: remove 3 in comments\nPost.tags: remove 2 in post_tags\nPost: remove 2 in posts\n");
}

TEST_CASE("what has nothing below goes in one operation") {
  MiniStore store = blog_store();
  CascadeStart start{comment, {}, bson::Builder().append_int64("post_id", 20).finish()};
  CascadePlanner planner(blog(), start, options(CascadeMode::run));
  CHECK(transcript(planner, store) == "remove comments where {\"post_id\": 20}\n");
  CHECK(lines(planner.steps()) == "Comment: remove 3 in comments\n");
}

TEST_CASE("nullify unsets the foreign key and pull takes ids out of arrays") {
  CascadeGraph graph{
      {{"Tag", "tags"}, {"Post", "posts"}, {"Note", "notes"}},
      {edge("Tag.posts", 0, 1, "tag_ids", OnDelete::pull), edge("Tag.notes", 0, 2, "tag", OnDelete::nullify)}};
  MiniStore store;
  store.add("tags", 1);
  bson::Builder post;
  post.append_int64("_id", 5).begin_array("tag_ids").append_int64("", 1).append_int64("", 2).append_int64("", 1).end();
  store.add("posts", post.finish());
  store.add("notes", 7, {{"tag", 1}});
  CascadePlanner planner(graph, from(0, 1), options(CascadeMode::run));
  CHECK(transcript(planner, store) ==
        R"(update posts where {"tag_ids": {"$in": [1]}} {"$pullAll": {"tag_ids": [1]}}
update notes where {"tag": {"$in": [1]}} {"$unset": {"tag": ""}}
remove tags where {"_id": {"$in": [1]}}
)");
  CHECK(lines(planner.steps()) == "Tag.posts: pull 1 in posts\nTag.notes: nullify 1 in notes\nTag: remove 1 in tags\n");
  CHECK(describe(Value(store.get("posts", 5))) == R"({"_id": 5, "tag_ids": [2]})");
  CHECK(describe(Value(store.get("notes", 7))) == R"({"_id": 7})");
}

TEST_CASE("every restriction is checked before anything is written, however deep it lies") {
  CascadeGraph graph = blog();
  graph.nodes.push_back({"Award", "awards"});
  graph.edges.push_back(edge("Comment.awards", comment, 6, "comment_id", OnDelete::restrict));
  MiniStore store = blog_store();
  store.add("awards", 60, {{"comment_id", 31}});
  const std::size_t before = store.size();
  CascadePlanner planner(graph, from(user, 1), options(CascadeMode::run));
  CHECK(transcript(planner, store) == R"(find posts where {"author_id": {"$in": [1]}}
find comments where {"post_id": {"$in": [20, 21]}}
count awards where {"comment_id": {"$in": [30, 31, 32]}} limit 1
)");
  CHECK(planner.violated_relationship() == "Comment.awards");
  CHECK(planner.violation().find("'awards'") != std::string::npos);
  CHECK(store.size() == before);
  CHECK(store.writes == 0);

  CascadePlanner dry(graph, from(user, 1), options(CascadeMode::plan));
  store.run(dry);
  CHECK(dry.violation().empty());
  const CascadePlan plan(dry.steps());
  CHECK_FALSE(plan.allowed());
  CHECK(plan.deleted() == 9);
  CHECK(plan.steps().front() == CascadeStep{"Comment.awards", CascadeAction::restrict, "awards", 1});

  CascadePlanner other(graph, from(user, 2), options(CascadeMode::run));
  store.run(other);
  CHECK(other.violation().empty());
  CHECK(store.ids("users") == "1");
}

TEST_CASE("a child that goes in the same cascade restricts nothing") {
  // A post restricts its user through `editor`, and is removed with its author.
  CascadeGraph graph{{{"User", "users"}, {"Post", "posts"}},
                     {edge("User.posts", 0, 1, "author_id", OnDelete::cascade),
                      edge("User.edited", 0, 1, "editor_id", OnDelete::restrict)}};
  MiniStore store;
  store.add("users", 1);
  store.add("users", 2);
  store.add("posts", 10, {{"author_id", 1}, {"editor_id", 1}});
  store.add("posts", 11, {{"author_id", 1}, {"editor_id", 2}});
  SUBCASE("all of them go") {
    CascadePlanner planner(graph, from(0, 1), options(CascadeMode::run));
    store.run(planner);
    CHECK(planner.violation().empty());
    CHECK(lines(planner.steps()) == "User.posts: remove 2 in posts\nUser: remove 1 in users\n");
    CHECK(store.ids("users") == "2");
  }
  SUBCASE("one stays, and so does everything") {
    CascadePlanner planner(graph, from(0, 2), options(CascadeMode::run));
    store.run(planner);
    CHECK(planner.violated_relationship() == "User.edited");
    CHECK(store.writes == 0);
    CHECK(store.ids("posts") == "10 11");
  }
}
