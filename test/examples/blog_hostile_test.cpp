// What the blog server says to requests that are wrong or meant badly: a status, a sentence, and it goes on serving.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "blog_process.hpp"

using nlohmann::json;

namespace {

// The status, with a sentence in the body.
int refused(const HttpAnswer& answer) {
  json body = json::parse(answer.body, nullptr, false);
  if (body.is_discarded() || !body.contains("error")) return -answer.status;
  std::string sentence = body["error"];
  CHECK_MESSAGE(sentence.size() > 10, sentence);
  return answer.status;
}

}  // namespace

TEST_CASE("bad input is a 400 with a sentence") {
  ScratchFolder folder("bad");
  BlogProcess server(folder.store("blog"));
  std::vector<std::pair<std::string, std::string>> bodies{
      {"/users", ""},
      {"/users", "{"},
      {"/users", "[]"},
      {"/users", "\"text\""},
      {"/users", R"({"name": "\xff"})"},
      {"/users", "{\"name\": \"\xff\"}"},
      {"/users", R"({"email": "x@example.org"})"},
      {"/users", R"({"name": 7, "email": "x@example.org"})"},
      {"/users", R"({"name": null, "email": "x@example.org"})"},
      {"/users", R"({"name": {"$ne": null}, "email": "x@example.org"})"},
      {"/users", R"({"name": "x", "email": ["a"]})"},
      {"/users", R"({"name": "x", "active": "yes"})"},
      {"/users", R"({"id": "000000000000000000000001", "name": "x"})"},
      {"/users", R"({"name": "x", "emial": "y"})"},
      {"/posts", R"({"title": "x"})"},
      {"/posts", R"({"title": "x", "author": "nobody"})"},
      {"/posts", R"({"title": "x", "author": "000000000000000000000001"})"},
      {"/posts", R"({"title": "x", "author": {"$ne": null}})"},
      {"/posts", R"({"title": "x", "likes": 1e300})"},
      {"/posts", R"({"title": "x", "likes": 99999999999999999999})"},
      {"/users", std::string(10'000, '[') + std::string(10'000, ']')},
      {"/users", R"({"name": )" + std::string(10'000, '{')},
  };
  for (const auto& [target, body] : bodies)
    CHECK_MESSAGE(refused(server.request("POST", target, body)) == 400, target, " ", body.substr(0, 80));

  for (const char* target :
       {"/users/7", "/users/zzzzzzzzzzzzzzzzzzzzzzzz", "/users?limit=0", "/users?limit=x", "/users?limit=-1",
        "/users?nmae=Ada", "/users?with=postz", "/users?with=posts.comment", "/users?name=%zz", "/users?name=%f",
        "/users?with=posts.author.posts.author.posts", "/users?active=maybe", "/posts?author=nobody", "/users?%24where=1"})
    CHECK_MESSAGE(refused(server.request("GET", target)) == 400, target);

  CHECK(refused(server.request("GET", "/nothing")) == 404);
  CHECK(refused(server.request("GET", "/users/000000000000000000000001")) == 404);
  CHECK(refused(server.request("PATCH", "/users/000000000000000000000001", R"({"name": "x"})")) == 404);
  CHECK(refused(server.request("PUT", "/users", "{}")) == 405);
  CHECK(server.request("GET", "/users").status == 200);
  CHECK(json::parse(server.request("GET", "/users").body).size() == 3);
}

TEST_CASE("operators in a body are values") {
  ScratchFolder folder("operators");
  BlogProcess server(folder.store("blog"));
  // As an equality it finds nobody or is refused; as an operator it would find everybody.
  for (const char* body : {R"({"name": {"$ne": null}})", R"({"name": {"$gt": ""}})", R"({"name": {"$regex": ".*"}})",
                           R"({"email": {"$exists": true}})", R"({"id": {"$ne": null}})", R"({"$or": [{"name": "Ada"}]})",
                           R"({"$where": "true"})", R"({"active": {"$in": [true]}})"}) {
    HttpAnswer answer = server.request("POST", "/users/find", body);
    if (answer.status == 200)
      CHECK_MESSAGE(json::parse(answer.body).empty(), body);
    else
      CHECK_MESSAGE(refused(answer) == 400, body);
  }
  CHECK(json::parse(server.request("POST", "/users/find", R"({"name": "Ada"})").body).size() == 1);
  std::string at = "/users/" + json::parse(server.request("GET", "/users").body)[0]["id"].get<std::string>();
  CHECK(refused(server.request("PATCH", at, R"({"name": {"$ne": null}})")) == 400);
  CHECK(refused(server.request("PATCH", at, R"({"$set": {"name": "x"}})")) == 400);
  CHECK(json::parse(server.request("GET", at).body)["name"] == "Ada");
}

TEST_CASE("what is too large, too early or not HTTP at all is refused, and the server goes on") {
  ScratchFolder folder("wire");
  BlogProcess server(folder.store("blog"));
  CHECK(refused(server.request("POST", "/users", std::string(70'000, 'x'))) == 413);
  CHECK(refused(server.request("GET", "/users?name=" + std::string(9'000, 'x'))) == 431);
  {
    HttpConnection chunks(server.port());
    chunks.send("POST /users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; ++i) chunks.send("1000\r\n" + std::string(4096, 'x') + "\r\n");
    CHECK(refused(chunks.receive()) == 413);
  }
  {
    HttpConnection garbage(server.port());
    garbage.send(std::string("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 11) + "\r\n\r\n");
    CHECK(refused(garbage.receive()) == 400);
    CHECK(garbage.at_end());
  }
  { HttpConnection silent(server.port()); }
  {
    HttpConnection half(server.port());
    half.send("POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"name\"");
  }
  {
    HttpConnection two(server.port());  // two requests in one packet
    two.send("GET /users HTTP/1.1\r\nHost: x\r\n\r\nGET /tags HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(json::parse(two.receive().body).size() == 3);
    CHECK(json::parse(two.receive().body).size() == 4);
    CHECK(two.at_end());
  }
  {
    HttpConnection old(server.port());
    old.send("GET /users HTTP/1.0\r\n\r\n");
    CHECK(old.receive().status == 200);
    CHECK(old.at_end());
  }
  CHECK(server.request("GET", "/users").status == 200);
}
