// The models of the blog server: plain structs, their stored fields, and what relates to what.
// The mappings' bodies are in blog_models.cpp, so that changing one compiles one file.
#pragma once

#include <boost/describe.hpp>
#include <chrono>
#include <kinship/kinship.hpp>
#include <string>

namespace blog {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

struct Profile;
struct Post;
struct Comment;
struct Tag;
struct PostTag;

struct User {
  kinship::ObjectId id{};
  std::string name{};
  std::string email{};
  bool active{true};
  Time created_at{};
  kinship::OneToOne<Profile> profile{};
  kinship::OneToMany<Post> posts{};
  kinship::OneToMany<Comment> comments{};
};

struct Profile {
  kinship::ObjectId id{};
  kinship::BelongsTo<User> user{};
  std::string bio{};
  std::string website{};
};

struct Post {
  kinship::ObjectId id{};
  kinship::BelongsTo<User> author{};
  kinship::BelongsTo<Tag> topic{};
  std::string title{};
  std::string body{};
  std::int64_t likes{};
  Time created_at{};
  kinship::OneToMany<Comment> comments{}, top_comments{};
  kinship::ManyToMany<Tag> tags{};
};

struct Comment {
  kinship::ObjectId id{};
  kinship::BelongsTo<Post> post{};
  kinship::BelongsTo<User> author{};
  std::string text{};
  std::int64_t likes{};
};

struct Tag {
  kinship::ObjectId id{};
  std::string name{};
  kinship::OneToMany<Post> leading{};  // posts of which it is the topic
  kinship::ManyToMany<Post> posts{};
};

struct PostTag {
  kinship::ObjectId id{};
  kinship::BelongsTo<Post> post{};
  kinship::BelongsTo<Tag> tag{};
};

BOOST_DESCRIBE_STRUCT(User, (), (id, name, email, active, created_at))
BOOST_DESCRIBE_STRUCT(Profile, (), (id, user, bio, website))
BOOST_DESCRIBE_STRUCT(Post, (), (id, author, topic, title, body, likes, created_at))
BOOST_DESCRIBE_STRUCT(Comment, (), (id, post, author, text, likes))
BOOST_DESCRIBE_STRUCT(Tag, (), (id, name))
BOOST_DESCRIBE_STRUCT(PostTag, (), (id, post, tag))

kinship::Model mapping(kinship::of<User>);
kinship::Model mapping(kinship::of<Profile>);
kinship::Model mapping(kinship::of<Post>);
kinship::Model mapping(kinship::of<Comment>);
kinship::Model mapping(kinship::of<Tag>);
kinship::Model mapping(kinship::of<PostTag>);

/// Makes the indexes, and on an empty store a few users with posts, comments and tags, in one transaction.
kinship::awaitable<void> prepare(kinship::Database db);

}  // namespace blog
