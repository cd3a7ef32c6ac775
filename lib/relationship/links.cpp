// See links.hpp. Two rows of one pair are one link; an id array keeps its duplicates.
// Order comes from the store: groups number documents as they came.
#include "relationship/links.hpp"

#include <algorithm>

namespace kinship::detail {

using bson::ValueView;

Links links_from_joins(const Answer& answer, const OwnerKeys& owners) {
  Links links;
  links.keep.push_back(answer.keep());
  for (std::size_t owner = 0; owner < owners.owners(); ++owner) {
    const auto first = static_cast<std::uint32_t>(links.ids.size());
    plan::KeySet seen;  // two rows of one pair are one link
    for (std::uint32_t i = 0; i < answer.size(owner); ++i) {
      const ValueView id = plan::value_at(answer.at(owner, i), owners.relationship().second_stored);
      const std::size_t before = seen.size();
      if (seen.add(id) == before) links.ids.push_back(id);
    }
    links.ranges.push_back({first, static_cast<std::uint32_t>(links.ids.size()) - first});
  }
  return links;
}

Links links_from_arrays(const OwnerKeys& owners) {
  Links links;
  const auto ids = owners.keys().values();
  links.ids.assign(ids.begin(), ids.end());
  for (std::size_t owner = 0; owner < owners.owners(); ++owner)
    links.ranges.push_back({static_cast<std::uint32_t>(owners.begin_of(owner)),
                            static_cast<std::uint32_t>(owners.end_of(owner) - owners.begin_of(owner))});
  return links;
}

void cut(Links& links, std::uint64_t skip, std::uint64_t limit) {
  for (auto& range : links.ranges) {
    const auto dropped = static_cast<std::uint32_t>(std::min<std::uint64_t>(skip, range.count));
    range.first += dropped;
    range.count -= dropped;
    if (limit != 0) range.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(limit, range.count));
  }
}

Keys keys_of(const Links& links) {
  Keys keys;
  for (const auto& bytes : links.keep) keys.keep(bytes);
  for (const auto& range : links.ranges)
    for (std::uint32_t i = 0; i < range.count; ++i) keys.add(links.ids[range.first + i]);
  return keys;
}

Links ordered(const Links& links, const Answer& answer, bool sorted) {
  Links result;
  result.keep = links.keep;
  std::size_t key = 0;
  std::vector<std::pair<std::uint32_t, ValueView>> one;
  for (const auto& range : links.ranges) {
    one.clear();
    for (std::uint32_t i = 0; i < range.count; ++i, ++key)
      if (answer.size(key) != 0) one.emplace_back(answer.rank(key), links.ids[range.first + i]);
    if (sorted) std::stable_sort(one.begin(), one.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto first = static_cast<std::uint32_t>(result.ids.size());
    for (const auto& entry : one) result.ids.push_back(entry.second);
    result.ranges.push_back({first, static_cast<std::uint32_t>(one.size())});
  }
  return result;
}

Fetched documents_of(const Links& links, const Answer& answer, bool sorted) {
  Fetched fetched;
  fetched.keep.push_back(answer.keep());
  std::size_t key = 0;
  std::vector<std::pair<std::uint32_t, bson::DocumentView>> one;
  for (std::size_t owner = 0; owner < links.ranges.size(); ++owner) {
    one.clear();
    for (std::uint32_t i = 0; i < links.ranges[owner].count; ++i, ++key)
      if (answer.size(key) != 0) one.emplace_back(answer.rank(key), answer.at(key, 0));
    if (sorted) std::stable_sort(one.begin(), one.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto first = static_cast<std::uint32_t>(fetched.documents.size());
    for (const auto& entry : one) {
      fetched.documents.push_back(entry.second);
      fetched.owner_of.push_back(static_cast<std::uint32_t>(owner));
    }
    fetched.ranges.push_back({first, static_cast<std::uint32_t>(one.size())});
  }
  return fetched;
}

}  // namespace kinship::detail
