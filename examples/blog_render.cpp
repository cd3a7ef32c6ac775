// One render() a model; what they share stands first.
#include "blog_render.hpp"

#include <algorithm>

namespace blog {

using kinship::awaitable;
using kinship::json;

With::With(std::string_view text) {
  while (!text.empty()) {
    std::size_t end = std::min(text.find(','), text.size());
    std::string path(text.substr(0, end));
    if (std::count(path.begin(), path.end(), '.') >= 4) throw Refused(400, "with= goes at most 4 levels deep: " + path);
    if (!path.empty()) paths_.push_back(std::move(path));
    if (paths_.size() > 16) throw Refused(400, "with= takes at most 16 paths");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void With::count_object() const {
  if (++*objects_ > 20'000) throw Refused(400, "this answer would hold more than 20000 objects; ask for less of with=");
}

bool With::has(std::string_view name) const {
  return std::any_of(paths_.begin(), paths_.end(),
                     [&](const std::string& path) { return path.substr(0, path.find('.')) == name; });
}

With With::below(std::string_view name) const {
  With rest;
  rest.objects_ = objects_;
  for (const std::string& path : paths_)
    if (path.size() > name.size() && path.starts_with(name) && path[name.size()] == '.')
      rest.paths_.push_back(path.substr(name.size() + 1));
  return rest;
}

void With::check(std::string_view model, const std::vector<std::string_view>& known) const {
  for (const std::string& path : paths_) {
    std::string name = path.substr(0, path.find('.'));
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string sentence = std::string(model) + " has no relationship \"" + name + "\"; it has";
    for (std::string_view other : known) sentence.append(" ").append(other);
    throw Refused(400, sentence);
  }
}

void check_with(kinship::of<User>, const With& with) {
  with.check("a user", {"profile", "posts", "comments"});
  check_with(kinship::of<Profile>{}, with.below("profile"));
  check_with(kinship::of<Post>{}, with.below("posts"));
  check_with(kinship::of<Comment>{}, with.below("comments"));
}
void check_with(kinship::of<Profile>, const With& with) {
  with.check("a profile", {"user"});
  if (with.has("user")) check_with(kinship::of<User>{}, with.below("user"));
}
void check_with(kinship::of<Post>, const With& with) {
  with.check("a post", {"author", "topic", "comments", "top_comments", "tags"});
  if (with.has("author")) check_with(kinship::of<User>{}, with.below("author"));
  if (with.has("topic")) check_with(kinship::of<Tag>{}, with.below("topic"));
  for (std::string_view name : {"comments", "top_comments"})
    if (with.has(name)) check_with(kinship::of<Comment>{}, with.below(name));
  if (with.has("tags")) check_with(kinship::of<Tag>{}, with.below("tags"));
}
void check_with(kinship::of<Comment>, const With& with) {
  with.check("a comment", {"post", "author"});
  if (with.has("post")) check_with(kinship::of<Post>{}, with.below("post"));
  if (with.has("author")) check_with(kinship::of<User>{}, with.below("author"));
}
void check_with(kinship::of<Tag>, const With& with) {
  with.check("a tag", {"posts", "leading"});
  for (std::string_view name : {"posts", "leading"})
    if (with.has(name)) check_with(kinship::of<Post>{}, with.below(name));
}

namespace {

// A to-many relationship as an array.
template <class Many>
awaitable<json> render_all(Many& relationship, With with) {
  json list = json::array();
  auto rows = co_await relationship.all();
  for (auto& object : rows) {
    json one = co_await render(object, with);
    list.push_back(std::move(one));
  }
  co_return list;
}

// A OneToOne or BelongsTo as an object or null.
template <class One>
awaitable<json> render_one(One& relationship, With with) {
  auto object = co_await relationship.get();
  json one;
  if (object) one = co_await render(*object, with);
  co_return one;
}

}  // namespace

awaitable<json> render(User& user, With with) {
  with.count_object();
  json out = kinship::to_json(user);
  if (with.has("profile")) out["profile"] = co_await render_one(user.profile, with.below("profile"));
  if (with.has("posts")) out["posts"] = co_await render_all(user.posts, with.below("posts"));
  if (with.has("comments")) out["comments"] = co_await render_all(user.comments, with.below("comments"));
  co_return out;
}

awaitable<json> render(Profile& profile, With with) {
  with.count_object();
  json out = kinship::to_json(profile);
  if (with.has("user")) out["user"] = co_await render_one(profile.user, with.below("user"));
  co_return out;
}

awaitable<json> render(Post& post, With with) {
  with.count_object();
  json out = kinship::to_json(post);
  if (with.has("author")) out["author"] = co_await render_one(post.author, with.below("author"));
  if (with.has("topic")) out["topic"] = co_await render_one(post.topic, with.below("topic"));
  if (with.has("comments")) out["comments"] = co_await render_all(post.comments, with.below("comments"));
  if (with.has("top_comments")) out["top_comments"] = co_await render_all(post.top_comments, with.below("top_comments"));
  if (with.has("tags")) out["tags"] = co_await render_all(post.tags, with.below("tags"));
  co_return out;
}

awaitable<json> render(Comment& comment, With with) {
  with.count_object();
  json out = kinship::to_json(comment);
  if (with.has("post")) out["post"] = co_await render_one(comment.post, with.below("post"));
  if (with.has("author")) out["author"] = co_await render_one(comment.author, with.below("author"));
  co_return out;
}

awaitable<json> render(Tag& tag, With with) {
  with.count_object();
  json out = kinship::to_json(tag);
  if (with.has("posts")) out["posts"] = co_await render_all(tag.posts, with.below("posts"));
  if (with.has("leading")) out["leading"] = co_await render_all(tag.leading, with.below("leading"));
  co_return out;
}

}  // namespace blog
