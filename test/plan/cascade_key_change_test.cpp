// A changed key is followed through every level that repeats it, each relationship with one update.
#include <doctest/doctest.h>

#include <kinship/value/value.hpp>
#include "plan/cascade_key_change.hpp"

using namespace kinship;
using namespace kinship::plan;

namespace {

std::string lines(const std::vector<KeyChange>& changes) {
  std::string text;
  for (const KeyChange& change : changes) {
    text += change.relationship + ": " + change.collection + " " + describe(Value(change.filter)) + " " +
            describe(Value(change.update));
    if (!change.array_filters.empty()) text += " where key is of " + describe(Value(change.array_filters), 200);
    text += "\n";
  }
  return text;
}

bson::Document keys(std::initializer_list<const char*> values) {
  bson::Builder out;
  for (std::size_t i = 0; const char* value : values) out.append_string(std::to_string(i++), value);
  return out.finish();
}

}  // namespace

TEST_CASE("levels that repeat the key follow, others do not") {
  const CascadeGraph graph{{{"User", "users"}, {"Post", "posts"}, {"Comment", "comments"}, {"Group", "groups"}},
                           {{"User.posts", 0, 1, "name", "author_name", OnDelete::nothing, false},
                            {"Post.comments", 1, 2, "author_name", "post_author", OnDelete::cascade, false},
                            {"Post.others", 1, 2, "_id", "post_id", OnDelete::cascade, false},
                            {"User.groups", 0, 3, "name", "members", OnDelete::pull, true}}};
  CHECK(lines(plan_key_change(graph, 0, "name", keys({"ann"}), Value("bob"))) ==
        R"(User.posts: posts {"author_name": {"$in": ["ann"]}} {"$set": {"author_name": "bob"}}
User.groups: groups {"members": {"$in": ["ann"]}} {"$set": {"members.$[key]": "bob"}} where key is of {"0": {"key": {"$in": ["ann"]}}}
Post.comments: comments {"post_author": {"$in": ["ann"]}} {"$set": {"post_author": "bob"}}
)");
  CHECK(plan_key_change(graph, 0, "email", keys({"x"}), Value("y")).empty());
}

TEST_CASE("references in a circle end") {
  const CascadeGraph graph{{{"A", "a"}, {"B", "b"}},
                           {{"A.b", 0, 1, "code", "a_code", OnDelete::nothing, false},
                            {"B.a", 1, 0, "a_code", "code", OnDelete::nothing, false}}};
  CHECK(plan_key_change(graph, 0, "code", keys({"x"}), Value("y")).size() == 1);
}
