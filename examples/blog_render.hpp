// Objects as JSON, with as much of their relationships as the request asked for by `?with=posts.comments,profile`.
// The loops are naive on purpose: siblings load together, so a page costs one query a level and not one an object.
#pragma once

#include <kinship/value/json.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "blog_models.hpp"

namespace blog {

/// What a client did wrong: a status and a sentence.
class Refused : public std::runtime_error {
 public:
  Refused(int status, const std::string& sentence) : std::runtime_error(sentence), status_(status) {}
  int status() const noexcept { return status_; }

 private:
  int status_;
};

/// The relationships asked for, as dotted paths.
class With {
 public:
  With() = default;
  /// Refuses more than 4 levels and more than 16 paths.
  explicit With(std::string_view text);

  /// Counts one object of the answer; refuses more than 20 000 of them.
  void count_object() const;

  bool has(std::string_view name) const;
  /// What is asked for below that relationship.
  With below(std::string_view name) const;
  /// Refuses a name that is none of `known`.
  void check(std::string_view model, const std::vector<std::string_view>& known) const;

 private:
  std::vector<std::string> paths_{};
  std::shared_ptr<std::size_t> objects_{std::make_shared<std::size_t>(0)};  // of the whole answer
};

void check_with(kinship::of<User>, const With& with);
void check_with(kinship::of<Profile>, const With& with);
void check_with(kinship::of<Post>, const With& with);
void check_with(kinship::of<Comment>, const With& with);
void check_with(kinship::of<Tag>, const With& with);

// The object must live until the awaited call is through.
kinship::awaitable<kinship::json> render(User& user, With with);
kinship::awaitable<kinship::json> render(Profile& profile, With with);
kinship::awaitable<kinship::json> render(Post& post, With with);
kinship::awaitable<kinship::json> render(Comment& comment, With with);
kinship::awaitable<kinship::json> render(Tag& tag, With with);

}  // namespace blog
