// A projection as plain data: the members a query wants to read; the key always comes along.
// Partial objects refuse `save`, so nothing that was not read can be overwritten.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <kinship/query/member_path.hpp>

namespace kinship {

/// Fields by member, as stored, or by dotted path; names are checked when the query resolves them (`unknown_field`).
class Projection {
 public:
  /// Whole documents.
  Projection() = default;
  explicit Projection(std::vector<std::string> fields) : fields_(std::move(fields)) {}

  const std::vector<std::string>& fields() const noexcept { return fields_; }
  bool empty() const noexcept { return fields_.empty(); }

 private:
  std::vector<std::string> fields_{};
};

/// `kinship::select<&Post::id, &Post::title>()`. Members that are not described, and relationships, do not compile.
template <auto... Members>
Projection select() {
  static_assert(sizeof...(Members) > 0, "kinship: select needs at least one member, as in select<&Post::title>()");
  return Projection(std::vector<std::string>{detail::path_name<Members>()...});
}

}  // namespace kinship
