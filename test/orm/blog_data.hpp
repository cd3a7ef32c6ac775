// Data for the relationship tests: users x posts x comments, and a database to put them in.
// Everything is inserted in as few operations as possible; tests count from behind that.
#pragma once

#include <kinship/testing.hpp>

#include "orm/blog.hpp"

namespace blog {

using kinship::awaitable;
using kinship::Database;

struct Made {
  std::vector<User> users;
  std::vector<Post> posts;
  std::vector<Comment> comments;
};

/// In names and texts one sees where each belongs: "u3", "u3p0", "u3p0c2" (likes: 2).
awaitable<void> fill(Database db, Made* made, int users, int posts, int comments);
/// An in-memory database with that data.
awaitable<Database> filled(Made* made, int users, int posts, int comments);

}  // namespace blog
