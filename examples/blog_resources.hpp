// What lies behind the addresses: users, profiles, posts, comments and tags.
#pragma once

#include <kinship/value/json.hpp>

#include "blog_api.hpp"
#include "blog_request.hpp"

namespace blog {

/// Answers a request whose path is not empty; throws Refused or kinship::error.
kinship::awaitable<Response> serve(kinship::Database db, Request request, Target target);

/// JSON as an answer; text that is no UTF-8 is replaced.
Response respond(const kinship::json& body, int status = 200);

}  // namespace blog
