// The blog server over HTTP: what it answers, how many queries it takes, and how it ends.
#include <doctest/doctest.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "blog_process.hpp"

using nlohmann::json;

namespace {

json body_of(const HttpAnswer& answer) { return json::parse(answer.body, nullptr, false); }

json get(const BlogProcess& server, const std::string& target) {
  HttpAnswer answer = server.request("GET", target);
  REQUIRE_MESSAGE(answer.status == 200, target, ": ", answer.status, " ", answer.body);
  return body_of(answer);
}

}  // namespace

TEST_CASE("a page of users with everything below costs a query a level") {
  ScratchFolder folder("pages");
  BlogProcess server(folder.store("blog"));

  HttpAnswer plain = server.request("GET", "/users");
  CHECK(plain.status == 200);
  CHECK(plain.queries() == 1);
  CHECK(plain.headers["content-type"] == "application/json");
  json users = body_of(plain);
  REQUIRE(users.size() == 3);
  CHECK(users[0]["name"] == "Ada");
  CHECK(users[0]["id"].get<std::string>().size() == 24);

  HttpAnswer nested = server.request("GET", "/users?with=profile,posts.comments");
  CHECK(nested.queries() == 4);  // users, profiles, posts, comments
  json all = body_of(nested);
  REQUIRE(all.size() == 3);
  for (const json& user : all) {
    CHECK(user["profile"]["bio"] == user["name"].get<std::string>() + " writes here.");
    REQUIRE(user["posts"].size() == 3);
    CHECK(user["posts"][0]["title"] == user["name"].get<std::string>() + "'s post 3");  // newest first
    for (const json& post : user["posts"]) CHECK(post["comments"].size() == 4);
  }

  json posts = get(server, "/posts?with=author,tags,top_comments.author");
  REQUIRE(posts.size() == 9);
  for (const json& post : posts) {
    CHECK(post["author"]["name"].is_string());
    CHECK(post["tags"].size() == 2);
    CHECK(post["tags"][0]["name"] < post["tags"][1]["name"]);
    REQUIRE(post["top_comments"].size() == 3);  // of four
    CHECK(post["top_comments"][0]["likes"] >= post["top_comments"][2]["likes"]);
    CHECK(post["top_comments"][0]["author"]["name"].is_string());
  }
  json tags = get(server, "/tags?with=posts");
  std::size_t links = 0;
  for (const json& tag : tags) links += tag["posts"].size();
  CHECK(links == 18);

  std::string ada = users[0]["id"];
  CHECK(get(server, "/users/" + ada + "/posts?with=tags").size() == 3);
  CHECK(get(server, "/users?name=Grace").size() == 1);
  CHECK(get(server, "/posts?likes=20").size() == 3);
  CHECK(get(server, "/users?limit=2&skip=2").size() == 1);
  CHECK(server.request("GET", "/").body.find("X-Queries") != std::string::npos);
}

TEST_CASE("objects are made, changed, linked and removed with what is below them") {
  ScratchFolder folder("writes");
  BlogProcess server(folder.store("blog"));

  HttpAnswer made = server.request("POST", "/users", R"({"name": "Jean", "email": "jean@example.org"})");
  REQUIRE(made.status == 201);
  std::string jean = made.headers["location"];
  CHECK(body_of(made)["active"] == true);
  std::string id = body_of(made)["id"];
  CHECK(jean == "/users/" + id);

  HttpAnswer post = server.request("POST", "/posts", R"({"title": "On ENIAC", "author": ")" + id + R"("})");
  REQUIRE_MESSAGE(post.status == 201, post.body);
  std::string at = post.headers["location"];
  std::string post_id = body_of(post)["id"];
  HttpAnswer comment =
      server.request("POST", "/comments", R"({"text": "Yes", "post": ")" + post_id + R"(", "author": ")" + id + R"("})");
  CHECK(comment.status == 201);

  HttpAnswer changed = server.request("PATCH", at, R"({"title": "On the ENIAC", "likes": 7})");
  CHECK(changed.status == 200);
  json shown = get(server, at);
  CHECK(shown["title"] == "On the ENIAC");
  CHECK(shown["likes"] == 7);
  CHECK(shown["author"] == id);

  std::string tag = get(server, "/tags?name=engines")[0]["id"];
  CHECK(body_of(server.request("PUT", at + "/tags/" + tag)).size() == 1);
  CHECK(body_of(server.request("PUT", at + "/tags/" + tag)).size() == 1);  // linked already
  CHECK(body_of(server.request("DELETE", at + "/tags/" + tag)).empty());
  CHECK(server.request("PUT", at + "/tags/" + tag).status == 200);

  json plan = body_of(server.request("DELETE", jean + "?dry=1"));
  CHECK(plan["deleted"] == 4);  // the user, the post, its comment, its tag link
  CHECK(get(server, jean)["name"] == "Jean");
  json gone = body_of(server.request("DELETE", jean));
  CHECK(gone["deleted"] == 4);
  CHECK(server.request("GET", jean).status == 404);
  CHECK(server.request("GET", at).status == 404);
  CHECK(server.request("DELETE", jean).status == 404);
  CHECK(get(server, "/users").size() == 3);
}

TEST_CASE("what is taken or still needed is a conflict") {
  ScratchFolder folder("conflicts");
  BlogProcess server(folder.store("blog"));
  HttpAnswer twice = server.request("POST", "/users", R"({"name": "Ada", "email": "Ada@example.org"})");
  CHECK(twice.status == 409);
  CHECK(body_of(twice)["error"].get<std::string>().find("email") != std::string::npos);

  std::string topic = get(server, "/posts?limit=1")[0]["topic"];
  HttpAnswer restricted = server.request("DELETE", "/tags/" + topic);
  CHECK(restricted.status == 409);
  CHECK(get(server, "/tags").size() == 4);
  CHECK(get(server, "/posts").size() == 9);
}

TEST_CASE("many clients at once are all served, each on a connection it keeps") {
  ScratchFolder folder("concurrent");
  BlogProcess server(folder.store("blog"));
  std::vector<std::thread> clients;
  std::vector<int> served(8);
  for (std::size_t c = 0; c < served.size(); ++c)
    clients.emplace_back([&, c] {
      HttpConnection connection(server.port());
      for (int i = 0; i < 20; ++i) {
        std::string name = "c" + std::to_string(c) + "-" + std::to_string(i);
        if (connection.request("POST", "/tags", R"({"name": ")" + name + R"("})").status == 201) ++served[c];
        if (connection.request("GET", "/users?with=posts.comments").queries() == 3) ++served[c];
      }
    });
  for (auto& client : clients) client.join();
  for (int n : served) CHECK(n == 40);
  json tags = get(server, "/tags?limit=100&skip=100");
  CHECK(tags.size() == 64);  // 160 and the first 4
}

TEST_CASE("SIGTERM and SIGINT end it cleanly, idle connections or not, and the data is there the next time") {
  for (int number : {SIGTERM, SIGINT}) {
    ScratchFolder folder("signals");
    {
      BlogProcess server(folder.store("blog"));
      CHECK(server.request("POST", "/tags", R"({"name": "kept"})").status == 201);
      HttpConnection idle(server.port());
      CHECK(idle.request("GET", "/tags").status == 200);
      server.signal(number);
      CHECK(server.wait() == 0);
      CHECK(server.output() == "closed\n");
      CHECK(idle.at_end());
    }
    BlogProcess again(folder.store("blog"));
    CHECK(get(again, "/tags").size() == 5);
    CHECK(get(again, "/users").size() == 3);  // not seeded a second time
  }
}
