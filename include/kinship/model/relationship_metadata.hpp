// RelationshipMetadata: one relationship of a model as plain data, to list, print and reason about.
// Made by `define<T>`; the names are the members' names.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

#include <kinship/model/relationship_config.hpp>

namespace kinship {

enum class RelationshipKind : std::uint8_t {
  one_to_one,
  one_to_many,
  many_to_many,        ///< through a join model
  many_to_many_array,  ///< by an array of ids on one side
  belongs_to
};

std::string_view to_string(RelationshipKind kind) noexcept;
std::string_view to_string(OnDelete action) noexcept;
std::string_view to_string(Fetch fetch) noexcept;

struct RelationshipMetadata {
  std::string model{};  ///< "User"
  std::string name{};   ///< "posts"
  RelationshipKind kind{};
  std::string target{};       ///< "Post"
  std::string through{};      ///< the join model of a ManyToMany, or empty
  std::string foreign_key{};  ///< "Post.author", "PostTag.post", "Post.tag_ids"
  RelationshipConfig config{};

  std::string label() const { return model + "." + name; }
};

/// "User.posts: one_to_many Post by Post.author, on_delete cascade".
std::string to_string(const RelationshipMetadata& metadata);
std::ostream& operator<<(std::ostream& out, const RelationshipMetadata& metadata);

}  // namespace kinship
