// A regular expression as filters use it: PCRE2, compiled once with JIT, with a limit on the work of one match.
// MongoDB's options: i, m, s, x (and u, which changes nothing: patterns and subjects are UTF-8 anyway).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace kinship::sqlite {

class Regex {
 public:
  /// An invalid pattern is `invalid_query`, code 51091; an unknown option code 51108; a NUL byte in either code 2.
  Regex(std::string_view pattern, std::string_view options);

  /// Thread-safe. Going over the match limit is `invalid_query`; bytes that are not UTF-8 never match.
  bool matches(std::string_view subject) const;

  const std::string& pattern() const noexcept { return pattern_; }
  const std::string& options() const noexcept { return options_; }
  /// The literal text every match begins with ("" if there is none): of /^abc.*/ it is "abc".
  const std::string& prefix() const noexcept { return prefix_; }

 private:
  std::string pattern_;
  std::string options_;
  std::string prefix_;
  std::shared_ptr<void> code_;
};

}  // namespace kinship::sqlite
