// Edit distance over short names; long ones are not looked at, so a stranger's input costs little.
// Case does not count: "userName" is near "username".
#include "value/nearest.hpp"

#include <algorithm>
#include <vector>

namespace kinship::detail {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// Two neighbours swapped are one mistake: "nmae" is as near to "name" as "nam" is.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    next[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const bool same = lower(a[i]) == lower(b[j]);
      next[j + 1] = std::min({row[j] + !same, row[j + 1] + 1, next[j] + 1});
      if (i > 0 && j > 0 && lower(a[i]) == lower(b[j - 1]) && lower(a[i - 1]) == lower(b[j]))
        next[j + 1] = std::min(next[j + 1], before[j - 1] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  if (name.size() > 100) return {};
  std::size_t best = std::max<std::size_t>(1, (name.size() + 1) / 3) + 1;
  std::string_view nearest;
  for (const std::string_view candidate : known) {
    const std::size_t d = distance(name, candidate);
    if (d < best) {
      best = d;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace kinship::detail
