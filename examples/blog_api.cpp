// From a request to an answer: the front page, and what goes wrong as a status and a sentence.
#include "blog_api.hpp"

#include <chrono>
#include <iostream>

#include "blog_render.hpp"
#include "blog_request.hpp"
#include "blog_resources.hpp"

namespace blog {

using kinship::awaitable;
using kinship::Database;
using kinship::json;

namespace {

const char* const front_page =
    "Try: GET /users  /users?with=posts.comments,profile  /users/ID  /users/ID/posts?with=tags  "
    "/posts?limit=2&with=author,topic\n"
    "     /posts/ID?with=top_comments.author  /tags?with=posts  /comments?likes=3  /users?name=Ada\n"
    "     POST /users {\"name\": \"Jean\", \"email\": \"jean@example.org\"}   POST /users/find {\"name\": \"Ada\"}\n"
    "     PATCH /posts/ID {\"title\": \"new\"}   PUT and DELETE /posts/ID/tags/TAG-ID\n"
    "     DELETE /users/ID?dry=1 (what would go)   DELETE /users/ID\n"
    "X-Queries in the answer is the number of store operations it took.\n";

Response failure(int status, const std::string& sentence) {
  json body;
  body["error"] = sentence;
  return respond(body, status);
}

int status_of(const kinship::error& error) {
  using kinship::errc;
  for (errc code : {errc::type_mismatch, errc::unknown_field, errc::invalid_query})
    if (error.code() == code) return 400;
  for (errc code : {errc::duplicate_key, errc::restricted, errc::conflict})
    if (error.code() == code) return 409;
  if (error.code() == errc::not_found) return 404;
  if (error.code() == errc::timeout) return 504;
  if (error.code() == errc::unavailable || error.code() == errc::cancelled) return 503;
  return 500;
}

awaitable<Response> route(Database db, Request request) {
  Target target(request.target);
  if (!target.path().empty()) co_return co_await serve(db, std::move(request), std::move(target));
  Response response;
  response.body = front_page;
  response.type = "text/plain";
  co_return response;
}

}  // namespace

awaitable<Response> answer(Database db, Request request) {
  kinship::Options options;
  options.timeout(std::chrono::seconds(10));
  Database mine = db.with_options(options);  // counts its own operations
  Response response;
  try {
    response = co_await route(mine, std::move(request));
  } catch (const Refused& refused) {
    response = failure(refused.status(), refused.what());
  } catch (const kinship::error& error) {
    response = failure(status_of(error), error.sentence());
    if (response.status >= 500) std::cerr << error.what() << '\n';
  } catch (const std::exception& error) {
    response = failure(500, "the server failed at this request");
    std::cerr << error.what() << '\n';
  }
  response.queries = mine.stats().operations;
  co_return response;
}

}  // namespace blog
