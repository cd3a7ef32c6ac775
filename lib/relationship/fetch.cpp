// One lookup for a foreign key, two through a join model; a limit that needs an order is cut on ids before documents are
// fetched, so no more documents travel than are kept.
#include "relationship/fetch.hpp"

#include <algorithm>

namespace kinship::detail {

using bson::Type;
using bson::ValueView;

bson::Document both(const bson::Document& a, const bson::Document& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  bson::Builder filter;
  filter.begin_array("$and").append({}, a.view()).append({}, b.view()).end();
  return filter.finish();
}

ValueView owner_key(const RelationshipInfo& relationship, bson::DocumentView document) {
  return plan::value_at(document, relationship.draft.on_owner ? std::string_view(relationship.foreign_stored) : "_id");
}

void OwnerKeys::add_owner(bson::DocumentView document) {
  const ValueView key = owner_key(*relationship_, document);
  if (key.is(Type::array) && relationship_->metadata.kind == RelationshipKind::many_to_many_array) {
    for (const auto& element : key.as_document()) keys_.add(element.value);
  } else {
    keys_.add(key);
  }
  ends_.push_back(static_cast<std::uint32_t>(keys_.values().size()));
}

namespace {

Trace trace_of(const RelationshipInfo& relationship, const Narrowing& narrowing, std::size_t keys) {
  Trace trace(relationship.owner->name, relationship.metadata.label(), keys);
  trace.timeout = narrowing.timeout;
  return trace;
}

std::uint64_t limit_of(const RelationshipInfo& relationship, const Narrowing& narrowing) {
  const std::uint64_t own = relationship.metadata.config.limit;
  if (own == 0 || narrowing.limit == 0) return std::max(own, narrowing.limit);
  return std::min(own, narrowing.limit);
}

plan::Shape target_shape(const RelationshipInfo& relationship, const Narrowing& narrowing) {
  plan::Shape shape;
  shape.collection = relationship.target->collection;
  shape.filter = both(relationship.filter, narrowing.filter);
  shape.sort = narrowing.sort.empty() ? relationship.sort : narrowing.sort;
  shape.projection = narrowing.projection;
  shape.chunk = relationship.metadata.config.batch_size;
  return shape;
}

bson::Document only(std::string_view field) {
  bson::Builder projection;
  projection.append_int32(field, 1);
  return projection.finish();
}

// A projection must bring the field that documents are grouped by.
void keep_field(plan::Shape& shape) {
  if (shape.projection.empty() || !shape.projection[shape.key_field].missing()) return;
  bson::Builder projection;
  for (const auto& element : shape.projection.view()) projection.append(element.name, element.value);
  projection.append_int32(shape.key_field, 1);
  shape.projection = projection.finish();
}

// Each owner's documents one after another, from an answer with one key an owner.
Fetched by_owner(const Answer& answer, const OwnerKeys& owners, bool first_only) {
  Fetched fetched;
  fetched.keep.push_back(answer.keep());
  fetched.ranges.reserve(owners.owners());
  for (std::size_t owner = 0; owner < owners.owners(); ++owner) {
    const auto first = static_cast<std::uint32_t>(fetched.documents.size());
    for (std::size_t key = owners.begin_of(owner); key < owners.end_of(owner); ++key) {
      const std::uint32_t count = first_only ? std::min(1u, answer.size(key)) : answer.size(key);
      for (std::uint32_t i = 0; i < count; ++i) {
        fetched.documents.push_back(answer.at(key, i));
        fetched.owner_of.push_back(static_cast<std::uint32_t>(owner));
      }
    }
    fetched.ranges.push_back({first, static_cast<std::uint32_t>(fetched.documents.size()) - first});
  }
  return fetched;
}

// One object for each key, shared by the owners that refer to it.
Fetched shared_by_key(const Answer& answer, const OwnerKeys& owners) {
  Fetched fetched;
  fetched.keep.push_back(answer.keep());
  plan::KeySet seen;
  std::vector<std::uint32_t> at;
  for (std::size_t owner = 0; owner < owners.owners(); ++owner) {
    const std::size_t key = owners.begin_of(owner);
    if (answer.size(key) == 0) {
      fetched.ranges.push_back({});
      continue;
    }
    const std::uint32_t number = seen.add(owners.keys().values()[key]);
    if (number == at.size()) {
      at.push_back(static_cast<std::uint32_t>(fetched.documents.size()));
      fetched.documents.push_back(answer.at(key, 0));
    }
    fetched.ranges.push_back({at[number], 1});
  }
  return fetched;
}

/// Target ids by owner, in the order they are linked, and where they are kept.
struct Links {
  std::vector<ValueView> ids{};
  std::vector<LoadedWindow::Range> ranges{};
  std::vector<std::shared_ptr<const void>> keep{};
};

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
  links.ids = owners.keys().values();
  for (std::size_t owner = 0; owner < owners.owners(); ++owner)
    links.ranges.push_back({static_cast<std::uint32_t>(owners.begin_of(owner)),
                            static_cast<std::uint32_t>(owners.end_of(owner) - owners.begin_of(owner))});
  return links;
}

// Cuts each owner's links to [skip, skip + limit).
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

// The rank of each document in the result's order: groups number documents in the order they came.
std::uint32_t rank(const Answer& answer, std::size_t key) {
  return answer.groups().order[answer.groups().offsets[answer.number(key)]];
}

// Puts each owner's links in the order of the sorted answer and drops those without a document.
Links ordered(const Links& links, const Answer& answer, bool sorted) {
  Links result;
  result.keep = links.keep;
  std::size_t key = 0;
  std::vector<std::pair<std::uint32_t, ValueView>> one;
  for (const auto& range : links.ranges) {
    one.clear();
    for (std::uint32_t i = 0; i < range.count; ++i, ++key)
      if (answer.size(key) != 0) one.emplace_back(rank(answer, key), links.ids[range.first + i]);
    if (sorted) std::stable_sort(one.begin(), one.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto first = static_cast<std::uint32_t>(result.ids.size());
    for (const auto& entry : one) result.ids.push_back(entry.second);
    result.ranges.push_back({first, static_cast<std::uint32_t>(one.size())});
  }
  return result;
}

awaitable<Answer> load_targets(ScopePtr scope, const RelationshipInfo* relationship, plan::Shape shape, Keys keys,
                               Narrowing narrowing) {
  shape.key_field = "_id";
  shape.whole = !shape.sort.empty();
  keep_field(shape);
  Trace trace = trace_of(*relationship, narrowing, keys.values().size());
  return scope->core->loader->load(scope, std::move(shape), std::move(keys), std::move(trace));
}

awaitable<Fetched> fetch_linked(ScopePtr scope, const RelationshipInfo* relationship, Links links, Narrowing narrowing) {
  plan::Shape shape = target_shape(*relationship, narrowing);
  const std::uint64_t limit = limit_of(*relationship, narrowing);
  const bool sorted = !shape.sort.empty();
  if (limit != 0 || narrowing.skip != 0) {
    if (sorted || !shape.filter.empty()) {
      plan::Shape ids = shape;
      ids.projection = only("_id");
      Keys candidates = keys_of(links);
      Answer known = co_await load_targets(scope, relationship, std::move(ids), std::move(candidates), narrowing);
      links = ordered(links, known, sorted);
      links.keep.push_back(known.keep());
    }
    cut(links, narrowing.skip, limit);
  }
  Keys keys = keys_of(links);
  Answer answer = co_await load_targets(scope, relationship, std::move(shape), std::move(keys), narrowing);

  Fetched fetched;
  fetched.keep.push_back(answer.keep());
  std::size_t key = 0;
  std::vector<std::pair<std::uint32_t, bson::DocumentView>> one;
  for (std::size_t owner = 0; owner < links.ranges.size(); ++owner) {
    one.clear();
    for (std::uint32_t i = 0; i < links.ranges[owner].count; ++i, ++key)
      if (answer.size(key) != 0) one.emplace_back(rank(answer, key), answer.at(key, 0));
    if (sorted) std::stable_sort(one.begin(), one.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto first = static_cast<std::uint32_t>(fetched.documents.size());
    for (const auto& entry : one) {
      fetched.documents.push_back(entry.second);
      fetched.owner_of.push_back(static_cast<std::uint32_t>(owner));
    }
    fetched.ranges.push_back({first, static_cast<std::uint32_t>(one.size())});
  }
  co_return fetched;
}

awaitable<Answer> load_joins(ScopePtr scope, const RelationshipInfo* relationship, Keys keys, bool count_only,
                             Narrowing narrowing) {
  plan::Shape shape;
  shape.collection = relationship->join->collection;
  shape.key_field = relationship->foreign_stored;
  shape.count_only = count_only;
  shape.chunk = relationship->metadata.config.batch_size;
  Trace trace = trace_of(*relationship, narrowing, keys.values().size());
  return scope->core->loader->load(scope, std::move(shape), std::move(keys), std::move(trace));
}

awaitable<Fetched> fetch_of(ScopePtr scope, OwnerKeys owners, Narrowing narrowing) {
  const RelationshipInfo& relationship = owners.relationship();
  const RelationshipKind kind = relationship.metadata.kind;
  if (kind == RelationshipKind::many_to_many) {
    Answer joins = co_await load_joins(scope, &relationship, owners.keys(), false, narrowing);
    Links links = links_from_joins(joins, owners);
    Fetched fetched = co_await fetch_linked(scope, &relationship, std::move(links), std::move(narrowing));
    co_return fetched;
  }
  if (kind == RelationshipKind::many_to_many_array && relationship.draft.on_owner) {
    Links links = links_from_arrays(owners);
    Fetched fetched = co_await fetch_linked(scope, &relationship, std::move(links), std::move(narrowing));
    co_return fetched;
  }
  plan::Shape shape = target_shape(relationship, narrowing);
  shape.key_field = kind == RelationshipKind::belongs_to ? "_id" : relationship.foreign_stored;
  if (!relationship.to_one()) {
    shape.limit = limit_of(relationship, narrowing);
    shape.skip = narrowing.skip;
  }
  keep_field(shape);
  Trace trace = trace_of(relationship, narrowing, owners.keys().values().size());
  Answer answer = co_await scope->core->loader->load(scope, std::move(shape), owners.keys(), std::move(trace));
  co_return kind == RelationshipKind::belongs_to ? shared_by_key(answer, owners)
                                                 : by_owner(answer, owners, kind == RelationshipKind::one_to_one);
}

awaitable<std::vector<std::uint64_t>> counts_of(ScopePtr scope, OwnerKeys owners, Narrowing narrowing) {
  const RelationshipInfo& relationship = owners.relationship();
  const bool through = relationship.metadata.kind == RelationshipKind::many_to_many;
  const bool own_array = relationship.metadata.kind == RelationshipKind::many_to_many_array && relationship.draft.on_owner;
  const bool narrowed = !relationship.filter.empty() || !narrowing.filter.empty();
  std::vector<std::uint64_t> counts(owners.owners());
  const bool bounded = limit_of(relationship, narrowing) != 0 || narrowing.skip != 0;
  if (own_array || (through && narrowed)) {
    // Which of the linked documents exist and match: ids only.
    narrowing.projection = only("_id");
    Fetched fetched = co_await fetch_of(scope, std::move(owners), std::move(narrowing));
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = fetched.ranges[i].count;
    co_return counts;
  }
  Answer answer;
  if (through) {
    answer = co_await load_joins(scope, &relationship, owners.keys(), true, narrowing);
  } else {
    plan::Shape shape = target_shape(relationship, narrowing);
    shape.sort = bson::Document();
    shape.projection = bson::Document();
    shape.key_field = relationship.metadata.kind == RelationshipKind::belongs_to ? "_id" : relationship.foreign_stored;
    shape.count_only = true;
    Trace trace = trace_of(relationship, narrowing, owners.keys().values().size());
    answer = co_await scope->core->loader->load(scope, std::move(shape), owners.keys(), std::move(trace));
  }
  const std::uint64_t limit = limit_of(relationship, narrowing);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] = answer.count(i);
    if (!bounded) continue;
    counts[i] -= std::min(counts[i], narrowing.skip);
    if (limit != 0) counts[i] = std::min(counts[i], limit);
  }
  co_return counts;
}

awaitable<Fetched> links_of(ScopePtr scope, OwnerKeys owners) {
  Answer joins = co_await load_joins(scope, &owners.relationship(), owners.keys(), false, Narrowing());
  co_return by_owner(joins, owners, false);
}

}  // namespace

awaitable<Fetched> fetch(ScopePtr scope, OwnerKeys owners, Narrowing narrowing) {
  return fetch_of(std::move(scope), std::move(owners), std::move(narrowing));
}
awaitable<std::vector<std::uint64_t>> fetch_counts(ScopePtr scope, OwnerKeys owners, Narrowing narrowing) {
  return counts_of(std::move(scope), std::move(owners), std::move(narrowing));
}
awaitable<Fetched> fetch_links(ScopePtr scope, OwnerKeys owners) { return links_of(std::move(scope), std::move(owners)); }

}  // namespace kinship::detail
