// Count: index entries when they are the answer, else candidates that the matcher accepts.
// With a limit (exists asks with 1) the walk ends early.
#include "count.hpp"

#include <algorithm>

#include "scan.hpp"

namespace kinship::sqlite {
namespace {

std::uint64_t sum(Connection& connection, const Plan& plan) {
  Statement counts = connection.statement(plan.points ? Sql::count_points : Sql::count_ranges, 0, plan.index->id);
  counts.bind_pointer(1, &plan.keys, KeyList::pointer_type);
  std::uint64_t total = 0;
  while (counts.step()) total += static_cast<std::uint64_t>(counts.integer(0));
  return total;
}

// How many of the rids the index holds in these ranges, each once, stopping at `enough`.
std::uint64_t count_rids(Connection& connection, const Plan& plan, std::uint64_t enough) {
  Statement rows = connection.statement(plan.points ? Sql::rids_points : Sql::rids_ranges, 0, plan.index->id);
  rows.bind_pointer(1, &plan.keys, KeyList::pointer_type);
  const bool repeats = plan.repeats();
  std::unordered_set<std::int64_t> seen;
  std::uint64_t total = 0;
  while (total < enough && rows.step())
    if (!repeats || seen.insert(rows.integer(0)).second) ++total;
  return total;
}

std::uint64_t count_matching(Connection& connection, const CollectionInfo& collection, const Matcher& matcher,
                             const Plan& plan, std::uint64_t enough) {
  Scan scan(connection, collection, plan);
  std::uint64_t total = 0;
  while (total < enough && scan.next())
    if (plan.exact || matcher.matches(scan.document())) ++total;
  return total;
}

}  // namespace

void CountJob::run(Connection& connection) {
  const Matcher matcher = Matcher::compile(operation_.filter.view());
  const CollectionInfo* collection = connection.catalog().find(operation_.collection);
  if (collection == nullptr) return;
  PlanWish wish;
  wish.hint = context().hint;
  const Plan plan = make_plan(*collection, matcher, wish);
  if (plan.never) return;
  const std::uint64_t skip = operation_.skip, limit = operation_.limit == 0 ? UINT64_MAX : operation_.limit;
  const std::uint64_t enough = limit > UINT64_MAX - skip ? UINT64_MAX : skip + limit;
  std::uint64_t total = 0;
  if (plan.index == nullptr && plan.exact && enough == UINT64_MAX) {
    Statement all = connection.statement(Sql::count_all, collection->id);
    if (all.step()) total = static_cast<std::uint64_t>(all.integer(0));
  } else if (plan.index != nullptr && plan.exact && !plan.repeats() && enough == UINT64_MAX) {
    total = sum(connection, plan);
  } else if (plan.index != nullptr && plan.exact) {
    total = count_rids(connection, plan, enough);
  } else {
    total = count_matching(connection, *collection, matcher, plan, enough);
  }
  count = std::min(limit, total - std::min(skip, total));
}

}  // namespace kinship::sqlite
