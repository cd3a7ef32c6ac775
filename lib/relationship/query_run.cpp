// Running queries: resolve, find, decode, bind as siblings, load what was asked for with them.
// A relationship's query goes through the same fetch as its loads, so concurrent ones of one shape join.
#include <kinship/cascade/plan.hpp>
#include <kinship/error.hpp>
#include <kinship/query/resolve.hpp>

#include "engine/cancelled.hpp"
#include "relationship/children.hpp"
#include "relationship/load_state.hpp"
#include "relationship/query_data.hpp"
#include "write/key_change.hpp"
#include "write/link.hpp"

namespace kinship::detail {

namespace {

using Data = std::shared_ptr<const QueryData>;

const ModelInfo& model_of(const QueryData& data) {
  return data.relation ? *required_info(*data.relation).target : linked(*data.model);
}
ScopePtr scope_of(const QueryData& data) {
  ScopePtr scope = data.relation ? effective(Place(*data.relation, required_info(*data.relation)).cohort()->scope())
                                 : effective(data.scope);
  scope->core->register_model(model_of(data));
  return scope;
}

Trace trace_of(const QueryData& data) {
  Trace trace(model_of(data).name, data.relation ? required_info(*data.relation).metadata.label() : std::string());
  trace.timeout = data.timeout;
  return trace;
}

Narrowing narrowing_of(const QueryData& data) {
  const FieldCatalog& catalog = model_of(data).catalog;
  Narrowing narrowing;
  narrowing.filter = resolve_filter(data.condition, catalog);
  narrowing.sort = resolve_sort(data.order, catalog);
  narrowing.projection = resolve_projection(data.projection, catalog);
  narrowing.skip = data.skip;
  narrowing.limit = data.limit;
  narrowing.timeout = data.timeout;
  return narrowing;
}

// The keys to look the relationship up by; an id array as the store has it now.
awaitable<OwnerKeys> owner_of(ScopePtr scope, Data data) {
  const RelationshipInfo& relationship = required_info(*data->relation);
  const Place place(*data->relation, relationship);
  if (keys_change(relationship)) {
    Keys ids;
    for (const auto& bytes : place.cohort()->keep()) ids.keep(bytes);
    ids.add(place.cohort()->document(place.ordinal()).find("_id"));
    OwnerKeys current = co_await current_keys(std::move(scope), &relationship, std::move(ids));
    co_return current;
  }
  OwnerKeys owners(relationship);
  for (const auto& bytes : place.cohort()->keep()) owners.keep(bytes);
  if (place.cohort()->assigned()) owners.keep(place.cohort()->assigned());
  owners.add_owner(place.cohort()->key_document(place.ordinal()));
  co_return owners;
}

FindOperation find_operation(const QueryData& data) {
  const FieldCatalog& catalog = model_of(data).catalog;
  FindOperation operation;
  operation.collection = model_of(data).collection;
  operation.filter = resolve_filter(data.condition, catalog);
  operation.sort = resolve_sort(data.order, catalog);
  operation.projection = resolve_projection(data.projection, catalog);
  operation.skip = data.skip;
  operation.limit = data.limit;
  return operation;
}

std::shared_ptr<Cohort> cohort_of(const ScopePtr& scope, const QueryData& data) {
  auto cohort = std::make_shared<Cohort>(scope, model_of(data));
  if (!data.projection.empty()) cohort->set_partial();
  if (data.strict || scope->strict) cohort->set_strict();
  return cohort;
}

awaitable<LoadedRange> finish(std::shared_ptr<Cohort> cohort, std::vector<Path> paths) {
  Decoded decoded = make_block(cohort);
  const LoadedRange range = decoded.all(cohort->size());
  co_await decode_all(std::move(decoded));
  co_await load_paths(cohort, std::move(paths), ModelPath());
  co_return range;
}

awaitable<LoadedRange> all_of(Data data) {
  const ScopePtr scope = scope_of(*data);
  std::shared_ptr<Cohort> cohort = cohort_of(scope, *data);
  if (data->relation) {
    OwnerKeys owners = co_await owner_of(scope, data);
    Narrowing narrowing = narrowing_of(*data);
    Fetched fetched = co_await fetch(scope, std::move(owners), std::move(narrowing));
    cohort->reserve(fetched.documents.size());
    for (const bson::DocumentView document : fetched.documents) cohort->add(document);
    for (auto& bytes : fetched.keep) cohort->add_keep(std::move(bytes));
  } else {
    FindOperation operation = find_operation(*data);
    std::vector<Batch> batches = co_await find_all(scope, std::move(operation), trace_of(*data));
    for (Batch& batch : batches) {
      cohort->reserve(cohort->size() + batch.documents.size());
      for (const bson::DocumentView document : batch.documents) cohort->add(document);
      cohort->add_keep(std::move(batch.owner));
    }
  }
  LoadedRange range = co_await finish(std::move(cohort), data->paths);
  co_return range;
}

awaitable<std::uint64_t> count_of(Data data, bool only_exists) {
  const ScopePtr scope = scope_of(*data);
  if (data->relation) {
    OwnerKeys owners = co_await owner_of(scope, data);
    Narrowing narrowing = narrowing_of(*data);
    std::vector<std::uint64_t> counts = co_await fetch_counts(scope, std::move(owners), std::move(narrowing));
    co_return counts.front();
  }
  CountOperation operation;
  operation.collection = model_of(*data).collection;
  operation.filter = resolve_filter(data->condition, model_of(*data).catalog);
  operation.skip = data->skip;
  operation.limit = only_exists ? 1 : data->limit;
  const std::uint64_t found = co_await count(scope, std::move(operation), trace_of(*data));
  co_return found;
}

awaitable<bool> exists_of(Data data) {
  const std::uint64_t found = co_await count_of(std::move(data), true);
  co_return found != 0;
}

// The filter of a query that writes: of a relationship, of its owner's documents.
awaitable<bson::Document> filter_of(ScopePtr scope, Data data, const char* operation) {
  if (data->skip != 0 || data->limit != 0)
    fail(errc::invalid_query,
         "skip and limit do not go with " + std::string(operation) +
             ": it would depend on an order; narrow it by a condition",
         model_of(*data), operation);
  bson::Document filter = resolve_filter(data->condition, model_of(*data).catalog);
  if (!data->relation) co_return filter;
  const RelationshipInfo& relationship = required_info(*data->relation);
  OwnerKeys owners = co_await owner_of(scope, data);
  const bool direct = relationship.metadata.kind != RelationshipKind::many_to_many && !relationship.draft.on_owner;
  filter = both(filter, relationship.filter);
  if (direct) {
    const bson::Document own = equals(relationship.foreign_stored, owners.keys().values().front());
    co_return both(own, filter);
  }
  Narrowing narrowing;
  bson::Builder projection;
  projection.append_int32("_id", 1);
  narrowing.projection = projection.finish();
  Fetched fetched = co_await fetch(scope, std::move(owners), std::move(narrowing));
  bson::Builder ids;
  ids.begin_document("_id").begin_array("$in");
  for (const bson::DocumentView document : fetched.documents) ids.append({}, document.find("_id"));
  ids.end().end();
  co_return both(ids.finish(), filter);
}

awaitable<std::uint64_t> update_of(Data data, Update update) {
  const ScopePtr scope = scope_of(*data);
  const ModelInfo& model = model_of(*data);
  bson::Document change = resolve_update(update, model.catalog);
  bson::Document filter = co_await filter_of(scope, data, "update_all");
  if (!key_set_by(change).missing()) {
    const std::uint64_t moved = co_await update_key(scope, &model, std::move(filter), std::move(change), trace_of(*data));
    co_return moved;
  }
  WriteItem item = update_item(WriteKind::update_many, std::move(filter), std::move(change));
  WriteReply reply = co_await write_one(scope, model.collection, std::move(item), trace_of(*data));
  co_return reply.matched;
}

awaitable<CascadeResult> remove_all_of(Data data) {
  const ScopePtr scope = scope_of(*data);
  bson::Document filter = co_await filter_of(scope, data, "remove_all");
  CascadeResult result = co_await remove_filter(scope, &model_of(*data), std::move(filter));
  co_return result;
}

}  // namespace

awaitable<LoadedRange> run_all(QueryBase query) { return in_words(all_of(query.data())); }
awaitable<LoadedRange> run_first(QueryBase query) { return in_words(all_of(query.limit(1).data())); }
awaitable<std::uint64_t> run_count(QueryBase query) { return in_words(count_of(query.data(), false)); }
awaitable<bool> run_exists(QueryBase query) { return in_words(exists_of(query.data())); }
awaitable<std::uint64_t> run_update_all(QueryBase query, Update update) {
  return in_words(update_of(query.data(), std::move(update)), Leaves::unknown);
}
awaitable<CascadeResult> run_remove_all(QueryBase query) { return in_words(remove_all_of(query.data()), Leaves::unknown); }

static awaitable<std::uint64_t> cascade_update_of(QueryBase query, Update update) {
  const std::uint64_t matched = co_await update_of(query.data(), std::move(update));
  co_return matched;
}
awaitable<std::uint64_t> cascade_update(Handle handle, Update update) {
  return in_words(cascade_update_of(QueryBase(std::move(handle)), std::move(update)), Leaves::unknown);
}

/// A stream: the cursor stays in the store between batches.
class StreamState {
 public:
  Data data;
  std::size_t batch{};
  bool begun{}, ended{};
  ScopePtr scope;
  std::unique_ptr<Cursor> cursor;
};

std::shared_ptr<StreamState> open_stream(QueryBase query, std::size_t batch) {
  auto state = std::make_shared<StreamState>();
  state->data = query.data();
  state->batch = batch == 0 ? 1000 : batch;
  return state;
}

static awaitable<LoadedRange> next_of(std::shared_ptr<StreamState> state) {
  LoadedRange range;
  if (state->ended) co_return range;
  const QueryData& data = *state->data;
  if (data.relation) {
    // One owner's rows are one bounded load.
    state->ended = true;
    range = co_await all_of(state->data);
    co_return range;
  }
  Batch batch;
  if (!state->begun) {
    state->scope = scope_of(data);
    FindOperation operation = find_operation(data);
    operation.batch_size = state->batch;
    FindReply reply = co_await find(state->scope, std::move(operation), trace_of(data));
    state->begun = true;
    batch = std::move(reply.first);
    state->cursor = std::move(reply.cursor);
  } else if (state->cursor) {
    batch = co_await next_batch(state->scope, state->cursor.get(), trace_of(data));
  }
  if (batch.documents.empty()) {
    state->ended = true;
    state->cursor = nullptr;
    co_return range;
  }
  std::shared_ptr<Cohort> cohort = cohort_of(state->scope, data);
  cohort->reserve(batch.documents.size());
  for (const bson::DocumentView document : batch.documents) cohort->add(document);
  cohort->add_keep(std::move(batch.owner));
  range = co_await finish(std::move(cohort), data.paths);
  co_return range;
}
awaitable<LoadedRange> run_next(std::shared_ptr<StreamState> state) { return in_words(next_of(std::move(state))); }

}  // namespace kinship::detail
