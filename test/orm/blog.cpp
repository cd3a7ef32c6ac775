// The blog models' mappings, in a file of their own, as a user may have them.
// Compiled once for all relationship tests.
#include "orm/blog.hpp"

namespace blog {

kinship::Model mapping(kinship::of<User>) {
  return kinship::define<User>("users")
      .one_to_one<&User::profile, &Profile::user>({.cascade_delete = true})
      .one_to_many<&User::posts, &Post::author>({.cascade_delete = true});
}
kinship::Model mapping(kinship::of<Profile>) { return kinship::define<Profile>("profiles").belongs_to<&Profile::user>(); }
kinship::Model mapping(kinship::of<Post>) {
  return kinship::define<Post>("posts")
      .belongs_to<&Post::author>()
      .one_to_many<&Post::comments, &Comment::post>({.cascade_delete = true})
      .one_to_many<&Post::top_comments, &Comment::post>({.order_by = {{"likes", -1}}, .limit = 3})
      .many_to_many<&Post::tags, &PostTag::post, &PostTag::tag>();
}
kinship::Model mapping(kinship::of<Comment>) { return kinship::define<Comment>("comments").belongs_to<&Comment::post>(); }
kinship::Model mapping(kinship::of<Tag>) { return kinship::define<Tag>("tags"); }
kinship::Model mapping(kinship::of<PostTag>) {
  return kinship::define<PostTag>("post_tags").belongs_to<&PostTag::post>().belongs_to<&PostTag::tag>();
}

}  // namespace blog
