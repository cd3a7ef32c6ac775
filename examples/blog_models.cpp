// Mappings of the blog's models, and the data a new store begins with.
#include "blog_models.hpp"

#include <vector>

namespace blog {

using kinship::OnDelete;

kinship::Model mapping(kinship::of<User>) {
  return kinship::define<User>("users")
      .index<&User::email>({.unique = true})
      .one_to_one<&User::profile, &Profile::user>({.cascade_delete = true})
      .one_to_many<&User::posts, &Post::author>({.cascade_delete = true, .order_by = {{"created_at", -1}}})
      .one_to_many<&User::comments, &Comment::author>({.on_delete = OnDelete::nullify});  // comments stay, without a name
}

kinship::Model mapping(kinship::of<Profile>) {
  return kinship::define<Profile>("profiles").belongs_to<&Profile::user>({.validate = true});
}

kinship::Model mapping(kinship::of<Post>) {
  return kinship::define<Post>("posts")
      .index<&Post::author, &Post::created_at>()
      .belongs_to<&Post::author>({.validate = true})
      .belongs_to<&Post::topic>({.validate = true})
      .one_to_many<&Post::comments, &Comment::post>({.cascade_delete = true})
      .one_to_many<&Post::top_comments, &Comment::post>({.order_by = {{"likes", -1}}, .limit = 3})
      .many_to_many<&Post::tags, &PostTag::post, &PostTag::tag>({.order_by = {{"name", 1}}});
}

kinship::Model mapping(kinship::of<Comment>) {
  return kinship::define<Comment>("comments")
      .belongs_to<&Comment::post>({.validate = true})
      .belongs_to<&Comment::author>({.validate = true});
}

kinship::Model mapping(kinship::of<Tag>) {
  return kinship::define<Tag>("tags")
      .index<&Tag::name>({.unique = true})
      .one_to_many<&Tag::leading, &Post::topic>({.on_delete = OnDelete::restrict})  // a topic in use stays
      .many_to_many<&Tag::posts, &PostTag::tag, &PostTag::post>();
}

kinship::Model mapping(kinship::of<PostTag>) {
  return kinship::define<PostTag>("post_tags").belongs_to<&PostTag::post>().belongs_to<&PostTag::tag>();
}

namespace {

Time now() { return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

// Three users with a profile and three posts each; every post has a topic, two tags and four comments by the others.
kinship::awaitable<void> seed(kinship::Database tx) {
  std::vector<User> users;
  for (const char* name : {"Ada", "Grace", "Barbara"}) {
    User& user = users.emplace_back();
    user.name = name;
    user.email = std::string(name) + "@example.org";
    user.created_at = now();
  }
  co_await tx.insert_many(users);

  std::vector<Tag> tags;
  for (const char* name : {"compilers", "engines", "languages", "notes"}) tags.emplace_back().name = name;
  co_await tx.insert_many(tags);

  std::vector<Profile> profiles;
  std::vector<Post> posts;
  for (const User& user : users) {
    Profile& profile = profiles.emplace_back();
    profile.user = user;
    profile.bio = user.name + " writes here.";
    for (int i = 1; i <= 3; ++i) {
      Post& post = posts.emplace_back();
      post.author = user;
      post.topic = tags[posts.size() % tags.size()];
      post.title = user.name + "'s post " + std::to_string(i);
      post.body = "Every word of post " + std::to_string(i) + ".";
      post.likes = 10 * i;
      post.created_at = now() + std::chrono::milliseconds(i);
    }
  }
  co_await tx.insert_many(profiles);
  co_await tx.insert_many(posts);

  std::vector<Comment> comments;
  std::vector<PostTag> links;
  for (std::size_t p = 0; p < posts.size(); ++p) {
    for (std::size_t i = 0; i < 4; ++i) {
      Comment& comment = comments.emplace_back();
      comment.post = posts[p];
      comment.author = users[(p + i) % users.size()];
      comment.text = "Comment " + std::to_string(i + 1);
      comment.likes = static_cast<std::int64_t>((p + 3 * i) % 7);
    }
    for (std::size_t i = 0; i < 2; ++i) {
      PostTag& link = links.emplace_back();
      link.post = posts[p];
      link.tag = tags[(p + i) % tags.size()];
    }
  }
  co_await tx.insert_many(comments);
  co_await tx.insert_many(links);
}

}  // namespace

kinship::awaitable<void> prepare(kinship::Database db) {
  co_await db.ensure_indexes<User, Profile, Post, Comment, Tag, PostTag>();
  auto fill = [](kinship::Database tx) -> kinship::awaitable<void> {
    if (!co_await tx.find<User>().exists()) co_await seed(tx);
  };
  co_await db.transaction(fill);
}

}  // namespace blog
