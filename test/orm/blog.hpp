#pragma once
#include <boost/describe.hpp>
#include <kinship/cascade/plan.hpp>
#include <kinship/database.hpp>
#include <kinship/model/define.hpp>
#include <kinship/query/field.hpp>
#include <kinship/query/update.hpp>
#include <string>
#include <vector>

namespace blog {
struct Profile;
struct Post;
struct Comment;
struct Tag;
struct PostTag;
struct User {
  kinship::ObjectId id{};
  std::string name{};
  bool active{true};
  kinship::OneToOne<Profile> profile{};
  kinship::OneToMany<Post> posts{};
};
struct Profile {
  kinship::ObjectId id{};
  kinship::BelongsTo<User> user{};
  std::string bio{};
};
struct Post {
  kinship::ObjectId id{};
  kinship::BelongsTo<User> author{};
  std::string title{};
  std::chrono::sys_time<std::chrono::milliseconds> created_at{};
  kinship::OneToMany<Comment> comments{}, top_comments{};
  kinship::ManyToMany<Tag> tags{};
};
struct Comment {
  kinship::ObjectId id{};
  kinship::BelongsTo<Post> post{};
  std::string text{};
  int likes{};
};
struct Tag {
  kinship::ObjectId id{};
  std::string name{};
};
struct PostTag {
  kinship::ObjectId id{};
  kinship::BelongsTo<Post> post{};
  kinship::BelongsTo<Tag> tag{};
  int weight{};
};
BOOST_DESCRIBE_STRUCT(User, (), (id, name, active))
BOOST_DESCRIBE_STRUCT(Profile, (), (id, user, bio))
BOOST_DESCRIBE_STRUCT(Post, (), (id, author, title, created_at))
BOOST_DESCRIBE_STRUCT(Comment, (), (id, post, text, likes))
BOOST_DESCRIBE_STRUCT(Tag, (), (id, name))
BOOST_DESCRIBE_STRUCT(PostTag, (), (id, post, tag, weight))
kinship::Model mapping(kinship::of<User>);
kinship::Model mapping(kinship::of<Profile>);
kinship::Model mapping(kinship::of<Post>);
kinship::Model mapping(kinship::of<Comment>);
kinship::Model mapping(kinship::of<Tag>);
kinship::Model mapping(kinship::of<PostTag>);
}  // namespace blog
