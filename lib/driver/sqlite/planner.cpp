// One candidate for each index, the best by a simple score: whole unique keys, then many equalities, then ranges, then
// order. Arrays make it careful: on a multikey index ranges are not intersected and fields under one array are not combined.
#include "planner.hpp"

#include <algorithm>
#include <kinship/error.hpp>
#include <optional>

#include "matcher_bounds.hpp"
#include "ranges.hpp"

namespace kinship::sqlite {
namespace {

constexpr std::size_t most_ranges = 200'000;

std::string_view head(std::string_view path) { return path.substr(0, path.find('.')); }

int worth(BoundOp op) {
  switch (op) {
    case BoundOp::eq:
      return 4;
    case BoundOp::in:
      return 3;
    default:
      return 1;
  }
}

class Candidate {
 public:
  Candidate(const Index& index, const BoundsCollector& facts, bool everything, const PlanWish& wish)
      : index_(index), fields_(index.spec.fields), facts_(facts), wish_(wish), everything_(everything) {
    rows_.push_back({});
    while (used_ < fields_.size() && !ends_in_range_ && add_field()) {
    }
    if (!wish.keys_of.empty() && (used_ == 0 || fields_[0].path.text() != wish.keys_of)) possible_ = false;
    if (used_ == 0 && index.spec.sparse) possible_ = false;
    if (possible_) sorted_ = wish.sort != nullptr && gives_order();
  }

  bool possible() const { return possible_; }
  /// Reads less than the whole index.
  bool narrows() const { return used_ > 0; }

  int score() const {
    const bool whole_key = index_.spec.unique && used_ == fields_.size() && !ends_in_range_;
    const int bounds = static_cast<int>(used_) * 100 - (ends_in_range_ ? 60 : 0) - (rows_.size() > 1 ? 10 : 0);
    if (used_ == 0) return sorted_ && (wish_.limited || everything_) ? 20 : (wish_.hint.empty() ? -1 : 1);
    return (whole_key ? 10'000 : 0) + bounds + (sorted_ ? (wish_.limited ? 150 : 30) : 0);
  }

  Plan plan() {
    Plan plan;
    plan.index = &index_;
    plan.points = used_ == fields_.size() && !ends_in_range_;
    plan.exact = used_ == 0 ? everything_ : used_ == 1 && exact_;
    plan.sorted = sorted_;
    plan.backward = backward_;
    plan.keys.reserve(rows_.size(), 2 * (rows_.empty() ? 0 : rows_[0].low.size() + 1));
    for (auto& row : rows_) {
      if (!plan.points && row.high.empty()) row.high = row.low + '\xff';
      plan.keys.add(row.low, plan.points ? std::string_view() : row.high, row.origin);
    }
    plan.keys.sort_unique();
    plan.never = plan.keys.empty();
    return plan;
  }

 private:
  // The best condition on the next field; on an array index only if no earlier field lies under the same array.
  bool add_field() {
    const auto& field = fields_[used_];
    if (index_.multikey)
      for (std::size_t i = 0; i < used_; ++i)
        if (head(fields_[i].path.text()) == head(field.path.text())) return false;
    const auto& bounds = facts_.bounds();
    std::optional<FieldRanges> best;
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      if (bounds[i].path != field.path.text() || (best && worth(bounds[i].op) <= worth(bounds[chosen].op))) continue;
      if (used_ == 0 && !wish_.keys_of.empty() && worth(bounds[i].op) < worth(BoundOp::in)) continue;
      if (auto ranges = ranges_of(bounds[i], field.descending, index_.spec.sparse)) {
        best = std::move(ranges);
        chosen = i;
      }
    }
    if (!best || rows_.size() * best->ranges.size() > most_ranges) return false;
    if (!best->points && best->ranges.size() == 1) narrow(*best, chosen);
    if (best->ranges.size() == 1 && worth(bounds[chosen].op) == worth(BoundOp::eq)) constants_.push_back(used_);
    if (used_ > 0 && best->ranges.size() > 1) several_below_ = true;
    exact_ = best->exact && facts_.decides();
    ends_in_range_ = !best->points;
    combine(*best);
    ++used_;
    return true;
  }

  // {$gte: a, $lt: b}: both ends, where one value has to meet them both.
  void narrow(FieldRanges& ranges, std::size_t chosen) {
    const auto& bounds = facts_.bounds();
    FieldRange& range = ranges.ranges[0];
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      if (i == chosen || bounds[i].path != bounds[chosen].path || worth(bounds[i].op) != 1) continue;
      if (index_.multikey && (bounds[i].group == 0 || bounds[i].group != bounds[chosen].group)) continue;
      const auto other = ranges_of(bounds[i], fields_[used_].descending, index_.spec.sparse);
      if (!other || other->ranges.size() != 1) continue;
      range.low = std::max(range.low, other->ranges[0].low);
      range.high = std::min(range.high, other->ranges[0].high);
    }
  }

  void combine(FieldRanges& ranges) {
    if (used_ == 0) {
      rows_ = std::move(ranges.ranges);
      return;
    }
    std::vector<FieldRange> product;
    product.reserve(rows_.size() * ranges.ranges.size());
    for (const auto& row : rows_)
      for (const auto& range : ranges.ranges)
        product.push_back({row.low + range.low, range.high.empty() ? std::string() : row.low + range.high, row.origin});
    rows_ = std::move(product);
  }

  bool is_constant(std::size_t field) const {
    return std::find(constants_.begin(), constants_.end(), field) != constants_.end();
  }

  // Within one range the index runs in the order asked for, forwards or backwards.
  bool gives_order() {
    if (index_.multikey) return false;
    const std::size_t first_many = wish_.keys_of.empty() ? 0 : 1;
    std::size_t at = 0;
    bool decided = false;
    for (const auto& wanted : wish_.sort->fields()) {
      bool constant = false;
      for (std::size_t i = 0; i < used_; ++i)
        constant = constant || ((is_constant(i) || i < first_many) && fields_[i].path == wanted.path);
      if (constant) continue;
      while (at < used_ && (is_constant(at) || at < first_many)) ++at;
      if (at >= fields_.size() || !(fields_[at].path == wanted.path)) return false;
      const bool reverse = fields_[at].descending != wanted.descending;
      if (decided && reverse != backward_) return false;
      backward_ = reverse;
      decided = true;
      ++at;
    }
    return wish_.keys_of.empty() ? rows_.size() <= 1 : !several_below_;
  }

  const Index& index_;
  const std::vector<IndexField>& fields_;
  const BoundsCollector& facts_;
  const PlanWish& wish_;
  const bool everything_;  // the filter matches whatever there is
  std::vector<FieldRange> rows_;
  std::vector<std::size_t> constants_;
  std::size_t used_{};
  bool ends_in_range_{}, several_below_{}, exact_{}, sorted_{}, backward_{}, possible_{true};
};

std::optional<Candidate> best_candidate(const CollectionInfo& collection, const BoundsCollector& facts, bool everything,
                                        const PlanWish& wish) {
  std::optional<Candidate> best;
  for (const Index& index : collection.indexes) {
    if (!wish.hint.empty() && index.name != wish.hint) continue;
    Candidate candidate(index, facts, everything, wish);
    if (candidate.possible() && candidate.score() > 0 && (!best || candidate.score() > best->score()))
      best.emplace(std::move(candidate));
  }
  return best;
}

// An $or is served when every branch is; nothing when no $or of the filter is.
std::optional<std::vector<Plan>> plan_branches(const CollectionInfo& collection, const BoundsCollector& facts) {
  const PlanWish wish;
  for (const auto& branches : facts.unions()) {
    std::vector<Plan> plans;
    bool served = true;
    for (const BoundsCollector& branch : branches) {
      if (branch.is_never()) continue;
      if (auto best = best_candidate(collection, branch, false, wish); best && best->narrows()) {
        plans.push_back(best->plan());
      } else if (auto inner = plan_branches(collection, branch)) {
        for (Plan& plan : *inner) plans.push_back(std::move(plan));
      } else {
        served = false;
        break;
      }
    }
    if (served && !plans.empty()) return plans;
  }
  return std::nullopt;
}

}  // namespace

Plan make_plan(const CollectionInfo& collection, const Matcher& matcher, const PlanWish& wish) {
  Plan none;
  none.exact = matcher.always_true();
  none.never = matcher.always_false();
  if (none.never || (matcher.always_true() && wish.sort == nullptr && wish.hint.empty())) return none;
  if (!wish.hint.empty() && collection.index(wish.hint) == nullptr)
    throw error(errc::invalid_query, "hint names the index \"" + std::string(wish.hint) + "\", which " + collection.name +
                                         " does not have: create it, or leave the hint out");
  auto best = best_candidate(collection, matcher.facts(), matcher.always_true(), wish);
  const bool fits = best && (best->narrows() || wish.limited);
  if (!fits && wish.hint.empty() && wish.keys_of.empty())
    if (auto branches = plan_branches(collection, matcher.facts())) none.branches = std::move(*branches);
  return best && none.branches.empty() ? best->plan() : std::move(none);
}

const Bound* asked_keys(const Matcher& matcher, std::string_view field) noexcept {
  for (const Bound& bound : matcher.bounds())
    if (bound.path == field && (bound.op == BoundOp::in || bound.op == BoundOp::eq)) return &bound;
  return nullptr;
}

bool asks_for_null(const Bound& asked) noexcept {
  if (asked.op == BoundOp::eq) return asked.value.is(bson::Type::null);
  for (const auto& element : asked.value.as_document())
    if (element.value.is(bson::Type::null)) return true;
  return false;
}

}  // namespace kinship::sqlite
