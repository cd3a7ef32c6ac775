// Taking a request apart: its path, its parameters, its JSON body; each refusal is a sentence.
#pragma once

#include <cstdint>
#include <kinship/value/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blog {

class Target {
 public:
  /// Refuses what is no proper percent-encoding.
  explicit Target(std::string_view text);

  const std::vector<std::string>& path() const noexcept { return path_; }
  const std::vector<std::pair<std::string, std::string>>& parameters() const noexcept { return parameters_; }
  /// The last parameter of that name.
  std::optional<std::string> parameter(std::string_view name) const;
  /// A number in [least, most], `otherwise` when it is not given.
  std::uint64_t number(std::string_view name, std::uint64_t least, std::uint64_t most, std::uint64_t otherwise) const;

 private:
  std::vector<std::string> path_{};
  std::vector<std::pair<std::string, std::string>> parameters_{};
};

/// The body as a JSON object; refuses everything else, and nesting beyond 20 levels.
kinship::json parse_body(const std::string& body);

}  // namespace blog
