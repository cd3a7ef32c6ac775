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
      : connection_(connection), collection_(collection), query_(query), wanted_(*query.operation.per_key) {}

  Batch run() {
    asked_ = asked_keys(query_.matcher, wanted_.field);
    if (asked_ == nullptr)
      throw error(errc::invalid_query, "A limit per key of \"" + wanted_.field +
                                           "\" needs an $in on that field at the filter's top level: add it");
    PlanWish wish = query_.wish();
    wish.keys_of = wanted_.field;
    wish.limited = true;
    const Plan plan = make_plan(collection_, query_.matcher, wish);
    Results results(query_.projected());
    if (plan.never) return results.finish();
    if (plan.index != nullptr && (plan.sorted || !query_.sorts))
      walk_ranges(plan, results);
    else
      keep_first(plan, results);
    return results.finish();
  }

 private:
  std::uint64_t most() const { return wanted_.limit == 0 ? UINT64_MAX : wanted_.limit; }

  void walk_ranges(const Plan& plan, Results& results) {
    std::unordered_set<std::int64_t> seen;
    MatchDetails details;
    for (std::size_t i = 0; i < plan.keys.size(); ++i) {
      const std::string high = plan.points ? std::string(plan.keys.low(i)) + '\xff' : std::string(plan.keys.high(i));
      Statement rows = open_range(connection_, collection_, *plan.index, plan.keys.low(i), high, plan.backward);
      std::uint64_t skip = wanted_.skip, left = most();
      while (left > 0 && rows.step()) {
        const bson::DocumentView document(rows.blob(0));
        if (!query_.accepts(document, plan.exact, details)) continue;
        if (skip > 0) {
          --skip;
          continue;
        }
        --left;
        if (!plan.repeats() || seen.insert(rows.integer(1)).second) results.add(document, details);
      }
    }
  }

  void keep_first(const Plan& plan, Results& results) {
    find_origins();
    const std::uint64_t bound = wanted_.limit == 0 ? 0 : wanted_.skip + wanted_.limit;
    kept_.assign(origins_.size(), SortedDocuments(query_.sorter, bound));
    const bool by_range = plan.index != nullptr;
    Scan scan(connection_, collection_, plan, by_range);
    MatchDetails details;
    std::vector<std::uint32_t> slots;
    std::unordered_set<std::int64_t> seen;
    bool shared = false;  // a document belongs to several keys
    while (scan.next()) {
      const bson::DocumentView document = scan.document();
      if (!query_.accepts(document, plan.exact, details)) continue;
      slots.clear();
      if (by_range)
        slots.push_back(slot_of_origin_[plan.keys.origin(scan.range())]);
      else
        find_slots(document, slots);
      shared = shared || slots.size() > 1 || (plan.repeats() && !seen.insert(scan.rid()).second);
      for (const std::uint32_t slot : slots) kept_[slot].add(document, scan.rid(), details);
    }
    connection_.check();
    emit(shared, results);
  }

  // The distinct keys asked for, by their encoding.
  void find_origins() {
    auto add = [this](bson::ValueView value) {
      const auto [at, fresh] = origins_.emplace(encode_key(value), static_cast<std::uint32_t>(origins_.size()));
      slot_of_origin_.push_back(at->second);
    };
    if (asked_->op == BoundOp::eq) return add(asked_->value);
    for (const auto& element : asked_->value.as_document()) add(element.value);
  }

  void find_slots(bson::DocumentView document, std::vector<std::uint32_t>& slots) {
    walk(path_, document, Leaf::expand, [&](const Visited& visited) {
      key_.clear();
      append_key(key_, visited.value);
      const auto at = origins_.find(key_);
      if (at != origins_.end() && std::find(slots.begin(), slots.end(), at->second) == slots.end())
        slots.push_back(at->second);
      return false;
    });
  }

  // Key by key; but when keys share documents, each once and all in one order, which is then also every key's order.
  void emit(bool shared, Results& results) {
    std::vector<SortedDocument> all;
    std::unordered_set<std::int64_t> seen;
    for (auto& kept : kept_) {
      auto documents = kept.finish();
      for (std::size_t i = wanted_.skip; i < documents.size(); ++i) {
        if (!shared)
          results.add(documents[i].document(), documents[i].details);
        else if (seen.insert(documents[i].rid).second)
          all.push_back(std::move(documents[i]));
      }
    }
    auto less = [](const SortedDocument& a, const SortedDocument& b) {
      const int order = a.key.compare(b.key);
      return order != 0 ? order < 0 : a.rid < b.rid;
    };
    std::sort(all.begin(), all.end(), less);
    for (const auto& document : all) results.add(document.document(), document.details);
  }

  Connection& connection_;
  const CollectionInfo& collection_;
  const FindQuery& query_;
  const PerKey& wanted_;
  const Path path_{std::string_view(wanted_.field)};
  const Bound* asked_{};
  std::unordered_map<std::string, std::uint32_t> origins_;  // key to slot
  std::vector<std::uint32_t> slot_of_origin_;               // position in the $in to slot
  std::vector<SortedDocuments> kept_;
  std::string key_;
};

}  // namespace

Batch find_per_key(Connection& connection, const CollectionInfo& collection, const FindQuery& query) {
  return PerKeyFind(connection, collection, query).run();
}

}  // namespace kinship::sqlite
