// See blog_data.hpp.
// Coroutines take the place to put the data by pointer: it outlives them.
#include "orm/blog_data.hpp"

namespace blog {

awaitable<void> fill(Database db, Made* made, int users, int posts, int comments) {
  co_await db.ensure_indexes<User, Post, Comment>();
  for (int u = 0; u < users; ++u) {
    User user;
    user.name = "u" + std::to_string(u);
    made->users.push_back(user);
  }
  co_await db.insert_many(made->users);
  for (const User& user : made->users)
    for (int p = 0; p < posts; ++p) {
      Post post;
      post.author = user;
      post.title = user.name + "p" + std::to_string(p);
      made->posts.push_back(post);
    }
  co_await db.insert_many(made->posts);
  for (const Post& post : made->posts)
    for (int c = 0; c < comments; ++c) {
      Comment comment;
      comment.post = post;
      comment.text = post.title + "c" + std::to_string(c);
      comment.likes = c;
      made->comments.push_back(comment);
    }
  co_await db.insert_many(made->comments);
}

awaitable<Database> filled(Made* made, int users, int posts, int comments) {
  Database db = co_await kinship::testing::memory();
  co_await fill(db, made, users, posts, comments);
  co_return db;
}

}  // namespace blog
