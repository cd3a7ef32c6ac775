// At most so many documents for each key of an `$in`: one short walk per key along an index that has the order, else one
// pass that keeps the first few of every key. Memory is bounded by keys times limit, never by what matches.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "find.hpp"
#include "key_encoding.hpp"

namespace kinship::sqlite {
namespace {

class PerKeyFind {
 public:
  PerKeyFind(Connection& connection, const CollectionInfo& collection, const FindQuery& query)
      : connection_(connection),
        collection_(collection),
        query_(query),
        wanted_(*query.operation.per_key),
        results_(query.projected()) {}

  Batch run() {
    asked_ = asked_keys(query_.matcher, wanted_.field);
    if (asked_ == nullptr)
      throw error(errc::invalid_query, "A limit per key of \"" + wanted_.field +
                                           "\" needs an $in on that field at the filter's top level: add it");
    PlanWish wish = query_.wish();
    wish.keys_of = wanted_.field;
    wish.limited = true;
    const Plan plan = make_plan(collection_, query_.matcher, wish);
    const bool by_range = plan.index != nullptr && !asks_for_null(*asked_);
    if (plan.never) {
    } else if (by_range && (plan.sorted || !query_.sorts)) {
      walk_ranges(plan);
    } else {
      keep_first(plan, by_range);
    }
    Batch batch = results_.finish();
    batch.keys = std::move(positions_);
    return batch;
  }

 private:
  void add(bson::DocumentView document, const MatchDetails& details, std::uint32_t position) {
    results_.add(document, details);
    positions_.push_back(position);
  }

  // Ranges of one key are neighbours, and a document may stand several times in them when it holds arrays.
  void walk_ranges(const Plan& plan) {
    const bool repeats = plan.repeats_for_key();
    std::unordered_set<std::int64_t> seen;
    MatchDetails details;
    std::uint64_t skip = 0, left = 0;
    for (std::size_t i = 0; i < plan.keys.size(); ++i) {
      const std::uint32_t position = plan.keys.origin(i);
      if (i == 0 || position != plan.keys.origin(i - 1)) {
        seen.clear();
        skip = wanted_.skip;
        left = wanted_.limit == 0 ? UINT64_MAX : wanted_.limit;
      }
      if (left == 0) continue;
      const std::string high = plan.points ? std::string(plan.keys.low(i)) + '\xff' : std::string(plan.keys.high(i));
      Statement rows = open_range(connection_, collection_, *plan.index, plan.keys.low(i), high, plan.backward);
      while (left > 0 && rows.step()) {
        const bson::DocumentView document = rows.document(0);
        if (!query_.accepts(document, plan.exact, details)) continue;
        if (repeats && !seen.insert(rows.integer(1)).second) continue;
        if (skip > 0) {
          --skip;
          continue;
        }
        --left;
        add(document, details, position);
      }
    }
  }

  void keep_first(const Plan& plan, bool by_range) {
    find_keys();
    const std::uint64_t bound = wanted_.limit == 0 ? 0 : wanted_.skip + wanted_.limit;
    kept_.assign(first_positions_.size(), SortedDocuments(query_.sorter, bound));
    const bool repeats = by_range && plan.repeats_for_key();
    std::unordered_set<std::int64_t> seen;
    Scan scan(connection_, collection_, plan, by_range);
    MatchDetails details;
    std::vector<std::uint32_t> slots(1);
    while (scan.next()) {
      const bson::DocumentView document = scan.document();
      if (!query_.accepts(document, plan.exact, details)) continue;
      if (by_range) {
        const std::uint32_t slot = slot_of_position_[plan.keys.origin(scan.range())];
        if (slot != slots[0]) seen.clear();
        slots[0] = slot;
        if (repeats && !seen.insert(scan.rid()).second) continue;
      } else {
        slots.clear();
        find_slots(document, slots);
      }
      for (const std::uint32_t slot : slots) kept_[slot].add(document, scan.rid(), details);
    }
    connection_.check();
    for (std::size_t slot = 0; slot < kept_.size(); ++slot) {
      const auto documents = kept_[slot].finish();
      for (std::size_t i = wanted_.skip; i < documents.size(); ++i)
        add(documents[i].document(), documents[i].details, first_positions_[slot]);
    }
  }

  // The distinct keys asked for, by their encoding.
  void find_keys() {
    std::uint32_t position = 0;
    auto add_key = [&](bson::ValueView value) {
      const auto [at, fresh] = slots_.emplace(encode_key(value), static_cast<std::uint32_t>(first_positions_.size()));
      if (fresh) first_positions_.push_back(position);
      slot_of_position_.push_back(at->second);
      ++position;
    };
    if (asked_->op == BoundOp::eq) return add_key(asked_->value);
    for (const auto& element : asked_->value.as_document()) add_key(element.value);
  }

  void find_slots(bson::DocumentView document, std::vector<std::uint32_t>& slots) {
    walk(path_, document, Leaf::expand, [&](const Visited& visited) {
      key_.clear();
      append_key(key_, visited.value);
      const auto at = slots_.find(key_);
      if (at != slots_.end() && std::find(slots.begin(), slots.end(), at->second) == slots.end())
        slots.push_back(at->second);
      return false;
    });
  }

  Connection& connection_;
  const CollectionInfo& collection_;
  const FindQuery& query_;
  const PerKey& wanted_;
  const Path path_{std::string_view(wanted_.field)};
  const Bound* asked_{};
  Results results_;
  std::vector<std::uint32_t> positions_;                  // of each result's key in the $in
  std::unordered_map<std::string, std::uint32_t> slots_;  // by key
  std::vector<std::uint32_t> slot_of_position_, first_positions_;
  std::vector<SortedDocuments> kept_;  // by slot
  std::string key_;
};

}  // namespace

Batch find_per_key(Connection& connection, const CollectionInfo& collection, const FindQuery& query) {
  return PerKeyFind(connection, collection, query).run();
}

}  // namespace kinship::sqlite
