// What the blog server answers, without any HTTP library: a request as text in, a response as text out.
#pragma once

#include <cstdint>
#include <kinship/fwd.hpp>
#include <string>

namespace blog {

struct Request {
  std::string method{};
  std::string target{};  // path and query as they came: "/users/5f1d...?with=posts.comments"
  std::string body{};
};

struct Response {
  int status{200};
  std::string body{};
  std::string type{"application/json"};
  std::string location{};   // of what was created
  std::uint64_t queries{};  // store operations of this request
};

/// Answers one request; whatever goes wrong becomes a status and a sentence, never an exception.
kinship::awaitable<Response> answer(kinship::Database db, Request request);

}  // namespace blog
