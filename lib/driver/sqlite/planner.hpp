// Which index serves a filter, and with which key ranges. The ranges select a superset of what matches; the matcher decides,
// unless the ranges are known to be the filter itself.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "catalog.hpp"
#include "keylist.hpp"
#include "matcher.hpp"
#include "sort.hpp"

namespace kinship::sqlite {

struct Plan {
  const Index* index{};  // null: read the whole collection
  KeyList keys{};        // disjoint ranges of the index
  bool points{};         // every range is one whole key (its high end is not used)
  bool exact{};          // what the ranges select is what the filter matches
  bool sorted{};         // one range, read `backward` or not, gives the order asked for
  bool backward{};
  bool never{};  // nothing can match
  /// Plans for the branches of an $or, one after another; the other members then say nothing but `exact`, which is false.
  std::vector<Plan> branches{};

  /// A document may come several times.
  bool repeats() const noexcept { return index != nullptr && index->multikey; }
  /// Even among the ranges that stand for one asked value.
  bool repeats_for_key() const noexcept { return repeats() && !(points && index->spec.fields.size() == 1); }
};

struct PlanWish {
  const Sorter* sort{};        // the order wanted, if any
  bool limited{};              // only some of the first are wanted
  std::string_view hint{};     // an index's name; unknown ones are `invalid_query`
  std::string_view keys_of{};  // only plans whose ranges are the values of the `$in` (or equality) on this path, in `origin`
};

Plan make_plan(const CollectionInfo& collection, const Matcher& matcher, const PlanWish& wish = {});

/// What the `$in` (or equality) on `field` at the filter's top level asks for; null if there is none.
const Bound* asked_keys(const Matcher& matcher, std::string_view field) noexcept;
/// Whether null is among them: it also means missing, so what an index holds does not tell by itself which key was met.
bool asks_for_null(const Bound& asked) noexcept;

}  // namespace kinship::sqlite
