// The routes, one template for all resources: list, find, show, create, change, remove, and the tags of a post.
#include "blog_resources.hpp"

#include <algorithm>
#include <chrono>

#include "blog_models.hpp"
#include "blog_render.hpp"

namespace blog {

using kinship::awaitable;
using kinship::Database;
using kinship::json;

Response respond(const json& body, int status) {
  Response response;
  response.status = status;
  response.body = body.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  return response;
}

namespace {

// What a kind of object is called, which text it must have, and in which order it is listed.
template <class T>
struct Kind;
template <>
struct Kind<User> {
  static constexpr const char* one = "user";
  static constexpr auto needed = &User::name;
  static void created(User& user) { user.created_at = std::chrono::floor<Time::duration>(std::chrono::system_clock::now()); }
};
template <>
struct Kind<Profile> {
  static constexpr const char* one = "profile";
  static constexpr auto needed = &Profile::bio;
  static void created(Profile&) {}
};
template <>
struct Kind<Post> {
  static constexpr const char* one = "post";
  static constexpr auto needed = &Post::title;
  static void created(Post& post) { post.created_at = std::chrono::floor<Time::duration>(std::chrono::system_clock::now()); }
};
template <>
struct Kind<Comment> {
  static constexpr const char* one = "comment";
  static constexpr auto needed = &Comment::text;
  static void created(Comment&) {}
};
template <>
struct Kind<Tag> {
  static constexpr const char* one = "tag";
  static constexpr auto needed = &Tag::name;
  static void created(Tag&) {}
};

template <class T>
awaitable<T> required(Database db, std::string id) {
  if (!kinship::ObjectId::parse(id)) throw Refused(400, "\"" + id + "\" is not an id: 24 hexadecimal digits");
  auto found = co_await db.get<T>(kinship::ObjectId(id));
  if (!found) throw Refused(404, std::string("there is no ") + Kind<T>::one + " " + id);
  co_return std::move(*found);
}

// A parameter that is a number or a truth value is compared as one.
kinship::Value parameter_value(const std::string& name, const std::string& text) {
  if (name != "likes" && name != "active") return kinship::Value(text);
  json parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) throw Refused(400, name + " must be a number, true or false");
  return kinship::Value(parsed);
}

template <class T>
awaitable<Response> listed(kinship::Query<T> query, Target target) {
  With with(target.parameter("with").value_or(""));
  check_with(kinship::of<T>{}, with);
  auto page = query.skip(target.number("skip", 0, 1'000'000, 0)).limit(target.number("limit", 1, 100, 20));
  auto rows = co_await page.order_by("id").all();
  json list = json::array();
  for (T& object : rows) {
    json one = co_await render(object, with);
    list.push_back(std::move(one));
  }
  co_return respond(list);
}

template <class T>
kinship::Query<T> filtered(Database db, const Target& target) {
  auto query = db.find<T>();
  for (const auto& [name, text] : target.parameters())
    if (name != "with" && name != "skip" && name != "limit")
      query = query.where(kinship::Condition(name, parameter_value(name, text)));
  return query;
}

// Equality with each member of the body. Values stay values: {"name": {"$ne": null}} asks for that object.
template <class T>
kinship::Query<T> filtered(Database db, const json& body) {
  auto query = db.find<T>();
  for (const auto& [name, value] : body.items()) query = query.where(kinship::Condition(name, kinship::Value(value)));
  return query;
}

template <class T>
awaitable<Response> shown(Database db, std::string id, With with) {
  check_with(kinship::of<T>{}, with);
  T object = co_await required<T>(db, std::move(id));
  json out = co_await render(object, with);
  co_return respond(out);
}

// One relationship of one object: /users/ID/posts?with=tags.
template <class T>
awaitable<Response> related(Database db, std::string id, std::string name, std::string below) {
  std::string paths = name;
  for (std::size_t at = 0; at < below.size();) {
    std::size_t end = std::min(below.find(',', at), below.size());
    paths += "," + name + "." + below.substr(at, end - at);
    at = end + 1;
  }
  With with(paths);
  check_with(kinship::of<T>{}, with);
  T object = co_await required<T>(db, std::move(id));
  json out = co_await render(object, with);
  co_return respond(out[name]);
}

template <class T>
void check_object(const T& object) {
  const std::string& text = object.*Kind<T>::needed;
  if (text.empty()) throw Refused(400, std::string("a ") + Kind<T>::one + " without any text is none");
}

template <class Owner>
awaitable<void> check_reference(Database db, const kinship::BelongsTo<Owner>& reference, bool needed) {
  if (!reference.id()) {
    if (needed) throw Refused(400, std::string("name the ") + Kind<Owner>::one + " it belongs to");
    co_return;
  }
  auto owner = co_await db.get<Owner>(reference.id());
  if (!owner) throw Refused(400, std::string("there is no ") + Kind<Owner>::one + " " + reference.id().to_string());
}

awaitable<void> check_references(Database, const User&) { co_return; }
awaitable<void> check_references(Database, const Tag&) { co_return; }
awaitable<void> check_references(Database db, const Profile& profile) { co_await check_reference(db, profile.user, true); }
awaitable<void> check_references(Database db, const Post& post) {
  co_await check_reference(db, post.author, true);
  co_await check_reference(db, post.topic, false);
}
awaitable<void> check_references(Database db, const Comment& comment) {
  co_await check_reference(db, comment.post, true);
  co_await check_reference(db, comment.author, true);
}

template <class T>
awaitable<Response> created(Database db, json body, std::string path) {
  if (body.contains("id")) throw Refused(400, "the server makes the id; leave it out");
  T object = kinship::from_json<T>(body);
  check_object(object);
  Kind<T>::created(object);
  auto work = [&object](Database tx) -> awaitable<void> {  // so that what it refers to cannot go in between
    co_await check_references(tx, object);
    co_await tx.insert(object);
  };
  co_await db.transaction(work);
  json out = kinship::to_json(object);
  Response response = respond(out, 201);
  response.location = "/" + path + "/" + object.id.to_string();
  co_return response;
}

template <class T>
awaitable<Response> changed(Database db, std::string id, json body) {
  if (body.contains("id")) throw Refused(400, "an id never changes; leave it out");
  json out;
  auto work = [&](Database tx) -> awaitable<void> {
    T object = co_await required<T>(tx, id);
    kinship::from_json(body, object);
    check_object(object);
    co_await check_references(tx, object);
    co_await tx.save(object);
    out = kinship::to_json(object);
  };
  co_await db.transaction(work);
  co_return respond(out);
}

template <class T>
awaitable<Response> removed(Database db, std::string id, bool dry) {
  T object = co_await required<T>(db, std::move(id));
  json out;
  if (dry) {
    auto plan = co_await db.plan_remove(object);
    out = plan;
  } else {
    auto result = co_await db.remove(object);
    out = result;
  }
  co_return respond(out);
}

awaitable<Response> tag_linked(Database db, std::string post_id, std::string tag_id, bool link) {
  Post post = co_await required<Post>(db, std::move(post_id));
  Tag tag = co_await required<Tag>(db, std::move(tag_id));
  if (link)
    co_await post.tags.add(tag);
  else
    co_await post.tags.remove(tag);
  json out = co_await render(post, With("tags"));
  co_return respond(out["tags"]);
}

[[noreturn]] void wrong_method(const char* allowed) { throw Refused(405, std::string("this address takes ") + allowed); }

template <class T>
awaitable<Response> serve_one(Database db, Request request, Target target) {
  const auto& path = target.path();
  const std::string& method = request.method;
  std::string with = target.parameter("with").value_or("");
  if (path.size() == 1) {
    if (method == "GET") co_return co_await listed<T>(filtered<T>(db, target), target);
    if (method == "POST") co_return co_await created<T>(db, parse_body(request.body), path[0]);
    wrong_method("GET and POST");
  }
  if (path.size() == 2 && path[1] == "find") {
    if (method == "POST") co_return co_await listed<T>(filtered<T>(db, parse_body(request.body)), target);
    wrong_method("POST");
  }
  if (path.size() == 2) {
    if (method == "GET") co_return co_await shown<T>(db, path[1], With(with));
    if (method == "PATCH") co_return co_await changed<T>(db, path[1], parse_body(request.body));
    if (method == "DELETE") co_return co_await removed<T>(db, path[1], target.parameter("dry").value_or("0") != "0");
    wrong_method("GET, PATCH and DELETE");
  }
  if (path.size() == 3) {
    if (method == "GET") co_return co_await related<T>(db, path[1], path[2], with);
    wrong_method("GET");
  }
  throw Refused(404, "there is nothing at this address; GET / says what is");
}

}  // namespace

awaitable<Response> serve(Database db, Request request, Target target) {
  const auto& path = target.path();
  if (path.size() == 4 && path[0] == "posts" && path[2] == "tags") {
    if (request.method != "PUT" && request.method != "DELETE") wrong_method("PUT and DELETE");
    co_return co_await tag_linked(db, path[1], path[3], request.method == "PUT");
  }
  if (path[0] == "users") co_return co_await serve_one<User>(db, std::move(request), target);
  if (path[0] == "profiles") co_return co_await serve_one<Profile>(db, std::move(request), target);
  if (path[0] == "posts") co_return co_await serve_one<Post>(db, std::move(request), target);
  if (path[0] == "comments") co_return co_await serve_one<Comment>(db, std::move(request), target);
  if (path[0] == "tags") co_return co_await serve_one<Tag>(db, std::move(request), target);
  throw Refused(404, "there is nothing at this address; GET / says what is");
}

}  // namespace blog
