// Counts per asked key: one subquery per key on the index when that decides; else one pass over the candidates.
// And distinct, which also gathers values by their key.
#include <unordered_map>

#include "arena.hpp"
#include "count.hpp"
#include "key_encoding.hpp"
#include "scan.hpp"

namespace kinship::sqlite {
namespace {

struct Group {
  bson::ValueView value;
  std::int64_t count{};
};

std::vector<Group> asked_groups(const Bound& asked) {
  std::vector<Group> groups;
  if (asked.op == BoundOp::eq) {
    groups.push_back({asked.value, 0});
    return groups;
  }
  for (const auto& element : asked.value.as_document()) groups.push_back({element.value, 0});
  return groups;
}

void count_index(Connection& connection, const Plan& plan, std::vector<Group>& groups) {
  Statement counts = connection.statement(plan.points ? Sql::count_points : Sql::count_ranges, 0, plan.index->id);
  counts.bind_pointer(1, &plan.keys, KeyList::pointer_type);
  while (counts.step()) groups[plan.keys.origin(static_cast<std::size_t>(counts.integer(1)))].count += counts.integer(0);
}

void count_candidates(Connection& connection, const CollectionInfo& collection, const Matcher& matcher, const Plan& plan,
                      std::vector<Group>& groups) {
  // Ranges of one key are neighbours, and a document may stand several times in them when it holds arrays.
  const bool repeats = plan.repeats_for_key();
  std::unordered_set<std::int64_t> seen;
  std::uint32_t last = 0;
  Scan scan(connection, collection, plan, true);
  while (scan.next()) {
    if (!plan.exact && !matcher.matches(scan.document())) continue;
    const std::uint32_t origin = plan.keys.origin(scan.range());
    if (origin != last) seen.clear();
    last = origin;
    if (!repeats || seen.insert(scan.rid()).second) ++groups[origin].count;
  }
}

void count_by_value(Connection& connection, const CollectionInfo& collection, const Matcher& matcher, const Plan& plan,
                    const Path& path, std::vector<Group>& groups) {
  std::unordered_map<std::string, Group*> by_key;
  for (Group& group : groups) by_key.emplace(encode_key(group.value), &group);
  Scan scan(connection, collection, plan);
  std::vector<Group*> hit;
  std::string key;
  while (scan.next()) {
    const bson::DocumentView document = scan.document();
    if (!plan.exact && !matcher.matches(document)) continue;
    hit.clear();
    walk(path, document, Leaf::expand, [&](const Visited& visited) {
      key.clear();
      append_key(key, visited.value);
      const auto at = by_key.find(key);
      if (at != by_key.end() && std::find(hit.begin(), hit.end(), at->second) == hit.end()) hit.push_back(at->second);
      return false;
    });
    for (Group* group : hit) ++group->count;
  }
}

}  // namespace

void GroupedCountJob::run(Connection& connection) {
  const Matcher matcher = Matcher::compile(operation_.filter.view());
  const Bound* asked = asked_keys(matcher, operation_.field);
  if (asked == nullptr)
    throw error(errc::invalid_query,
                "Counting by \"" + operation_.field + "\" needs an $in on that field at the filter's top level: add it");
  const CollectionInfo* collection = connection.catalog().find(operation_.collection);
  if (collection == nullptr) return;
  std::vector<Group> groups = asked_groups(*asked);
  PlanWish wish;
  wish.keys_of = operation_.field;
  const Plan plan = make_plan(*collection, matcher, wish);
  if (plan.never) return;
  if (plan.index == nullptr || asks_for_null(*asked))
    count_by_value(connection, *collection, matcher, plan, Path(operation_.field), groups);
  else if (plan.exact && !plan.repeats_for_key())
    count_index(connection, plan, groups);
  else
    count_candidates(connection, *collection, matcher, plan, groups);
  auto arena = std::make_shared<Arena>();
  for (const Group& group : groups) {
    if (group.count == 0) continue;
    bson::Builder builder;
    builder.append("key", group.value).append_int64("count", group.count);
    reply.groups.documents.push_back(arena->add(builder.finish().view()));
  }
  reply.groups.owner = std::move(arena);
}

void DistinctJob::run(Connection& connection) {
  const Matcher matcher = Matcher::compile(operation_.filter.view());
  const Path path(operation_.field);
  bson::Builder builder;
  builder.begin_array("values");
  if (const CollectionInfo* collection = connection.catalog().find(operation_.collection)) {
    const Plan plan = make_plan(*collection, matcher);
    Scan scan(connection, *collection, plan);
    std::unordered_set<std::string> seen;
    auto add = [&](bson::ValueView value) {
      if (!value.missing() && seen.insert(encode_key(value)).second) builder.append("", value);
    };
    while (scan.next()) {
      if (!plan.exact && !matcher.matches(scan.document())) continue;
      walk(path, scan.document(), Leaf::whole, [&](const Visited& visited) {
        if (!visited.value.is(bson::Type::array)) {
          add(visited.value);
        } else {
          for (const auto& element : visited.value.as_document()) add(element.value);
        }
        return false;
      });
    }
  }
  auto arena = std::make_shared<Arena>();
  values.documents.push_back(arena->add(builder.end().finish().view()));
  values.owner = std::move(arena);
}

}  // namespace kinship::sqlite
