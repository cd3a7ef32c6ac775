// One lookup for a foreign key, two through a join model; a limit that needs an order is cut on ids before documents are
// fetched, so no more documents travel than are kept.
#include "relationship/fetch.hpp"

#include <algorithm>

#include "relationship/links.hpp"

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

// Two rows where there may be one: the first by order counts, and observers are told.
void warn_of_several(const ScopePtr& scope, const Answer& answer, const OwnerKeys& owners) {
  if (!scope->core->observed()) return;
  std::size_t several = 0, example = 0;
  for (std::size_t key = 0; key < answer.keys(); ++key)
    if (answer.size(key) > 1 && several++ == 0) example = key;
  if (several == 0) return;
  const RelationshipInfo& relationship = owners.relationship();
  warn(scope, Trace(relationship.owner->name, relationship.metadata.label(), several), relationship.target->collection,
       relationship.metadata.label() + " holds one " + relationship.target->name + ", and " +
           std::to_string(answer.size(example)) + " refer to " + relationship.owner->name + " " +
           Id::from(owners.keys().values()[example]).to_string() +
           "; the first by order is taken: remove the others, and keep it so with a unique index over " +
           relationship.metadata.foreign_key);
}

awaitable<Answer> load_targets(ScopePtr scope, const RelationshipInfo* relationship, plan::Shape shape, Keys keys,
                               Narrowing narrowing) {
  shape.key_field = "_id";
  shape.whole = !shape.sort.empty();
  keep_field(shape);
  Trace trace = trace_of(*relationship, narrowing, keys.values().size());
  return scope->core->loader->load(scope, std::move(shape), std::move(keys), std::move(trace));
}

// Links cut to a bound by what their documents are, of which only ids are read.
awaitable<Links> cut_existing(ScopePtr scope, const RelationshipInfo* relationship, plan::Shape shape, Links links,
                              Narrowing narrowing) {
  const bool sorted = !shape.sort.empty();
  const std::uint64_t limit = limit_of(*relationship, narrowing), skip = narrowing.skip;
  shape.projection = only("_id");
  Keys candidates = keys_of(links);
  Answer known = co_await load_targets(scope, relationship, std::move(shape), std::move(candidates), std::move(narrowing));
  Links kept = ordered(links, known, sorted);
  kept.keep.push_back(known.keep());
  cut(kept, skip, limit);
  co_return kept;
}

awaitable<Fetched> fetch_linked(ScopePtr scope, const RelationshipInfo* relationship, Links links, Narrowing narrowing) {
  const plan::Shape shape = target_shape(*relationship, narrowing);
  const std::uint64_t limit = limit_of(*relationship, narrowing);
  const bool sorted = !shape.sort.empty();
  bool optimistic = limit != 0 && narrowing.skip == 0 && !sorted && shape.filter.empty();
  Links kept = links;
  if (optimistic)
    cut(kept, 0, limit);
  else if (limit != 0 || narrowing.skip != 0)
    kept = co_await cut_existing(scope, relationship, shape, links, narrowing);
  for (;;) {
    Keys keys = keys_of(kept);
    const std::size_t wanted = keys.values().size();
    Answer answer = co_await load_targets(scope, relationship, shape, std::move(keys), narrowing);
    Fetched fetched = documents_of(kept, answer, sorted);
    if (!optimistic || fetched.documents.size() == wanted) co_return fetched;
    // A link to nothing took a place: cut again by what there is.
    optimistic = false;
    kept = co_await cut_existing(scope, relationship, shape, links, narrowing);
  }
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
  if (keys_change(relationship)) {
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
  if (kind == RelationshipKind::one_to_one) warn_of_several(scope, answer, owners);
  co_return kind == RelationshipKind::belongs_to ? shared_by_key(answer, owners)
                                                 : by_owner(answer, owners, kind == RelationshipKind::one_to_one);
}

awaitable<OwnerKeys> current_of(ScopePtr scope, const RelationshipInfo* relationship, Keys ids) {
  plan::Shape shape;
  shape.collection = relationship->owner->collection;
  shape.key_field = "_id";
  shape.projection = only(relationship->foreign_stored);
  shape.chunk = relationship->metadata.config.batch_size;
  Trace trace = trace_of(*relationship, Narrowing(), ids.values().size());
  Answer answer = co_await scope->core->loader->load(scope, std::move(shape), std::move(ids), std::move(trace));
  OwnerKeys owners(*relationship);
  owners.keep(answer.keep());
  const bson::Document gone = bson::Builder().begin_array(relationship->foreign_stored).end().finish();
  auto none = std::make_shared<const bson::Document>(gone);
  owners.keep(none);
  for (std::size_t i = 0; i < answer.keys(); ++i) owners.add_owner(answer.size(i) == 0 ? none->view() : answer.at(i, 0));
  co_return owners;
}

awaitable<std::vector<std::uint64_t>> counts_of(ScopePtr scope, OwnerKeys owners, Narrowing narrowing) {
  const RelationshipInfo& relationship = owners.relationship();
  const bool through = relationship.metadata.kind == RelationshipKind::many_to_many;
  const bool narrowed = !relationship.filter.empty() || !narrowing.filter.empty();
  std::vector<std::uint64_t> counts(owners.owners());
  const bool bounded = limit_of(relationship, narrowing) != 0 || narrowing.skip != 0;
  if (keys_change(relationship) || (through && narrowed)) {
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
awaitable<OwnerKeys> current_keys(ScopePtr scope, const RelationshipInfo* relationship, Keys ids) {
  return current_of(std::move(scope), relationship, std::move(ids));
}
awaitable<Fetched> fetch_links(ScopePtr scope, OwnerKeys owners) { return links_of(std::move(scope), std::move(owners)); }

}  // namespace kinship::detail
