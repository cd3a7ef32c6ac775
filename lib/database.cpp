// Database: get, find_many, indexes and the handle's own calls; everything else is in the rooms it calls.
// Public functions copy their arguments and call a static coroutine.
#include <kinship/database.hpp>
#include <kinship/error.hpp>
#include <kinship/query/resolve.hpp>

#include <algorithm>

#include "engine/cancelled.hpp"
#include "engine/loader.hpp"
#include "relationship/children.hpp"
#include "write/write_access.hpp"

namespace kinship {
namespace detail {
namespace {

// A key as the model stores it: text is parsed for ObjectIds and Uuids.
Value key_value(const ModelInfo& model, const Id& id) {
  if (id.type() == IdType::object_id) return id;
  const Value given(id);
  const bson::Document resolved = resolve_value(given.view(), "_id", model.catalog);
  return Value(resolved[""]);
}

awaitable<Answer> load_by_id(const ScopePtr& scope, const ModelInfo& model, const Id& id) {
  auto key = std::make_shared<const Value>(key_value(model, id));
  plan::Shape shape;
  shape.collection = model.collection;
  shape.key_field = "_id";
  Keys keys;
  keys.add(key->view());
  keys.keep(std::move(key));
  return scope->core->loader->load(scope, std::move(shape), std::move(keys), Trace(model.name, std::string(), 1));
}

// In the words of cancelled.hpp by itself: `get` is the shortest call there is.
awaitable<LoadedRange> get_of(ScopePtr given, const ModelInfo* info, Id id) {
  std::exception_ptr failure;
  try {
    const ScopePtr scope = effective(std::move(given));
    const ModelInfo& model = linked(*info);
    scope->core->register_model(model);
    LoadedRange none;
    if (id.is_none()) co_return none;
    // Apart, so that the arguments are gone before the frame suspends.
    awaitable<Answer> load = load_by_id(scope, model, id);
    Answer answer = co_await std::move(load);
    if (answer.size(0) == 0) co_return none;
    auto cohort = std::make_shared<Cohort>(scope, model);
    if (scope->strict) cohort->set_strict();
    if (answer.alone()) {
      cohort->add(answer.at(0, 0));
      cohort->add_keep(answer.keep());
    } else {  // the one document's bytes: an object must not keep those it was joined with
      auto bytes = std::make_shared<const bson::Document>(answer.at(0, 0));
      cohort->add(bytes->view());
      cohort->add_keep(bytes);
    }
    Decoded decoded = make_block(cohort);
    decode_some(decoded, 0, 1);
    if (!model.relationships.empty()) co_await load_paths(cohort, std::vector<Path>(), ModelPath());
    co_return decoded.all(1);
  } catch (const boost::system::system_error&) {
    failure = std::current_exception();
  }
  std::rethrow_exception(cancelled_in_words(failure, Outcome::not_applied));
}

awaitable<LoadedRange> find_many_of(ScopePtr given, const ModelInfo* info, std::vector<Id> ids) {
  const ScopePtr scope = effective(std::move(given));
  const ModelInfo& model = linked(*info);
  scope->core->register_model(model);
  auto values = std::make_shared<std::vector<Value>>();
  values->reserve(ids.size());
  for (const Id& id : ids)
    if (!id.is_none()) values->push_back(key_value(model, id));
  plan::Shape shape;
  shape.collection = model.collection;
  shape.key_field = "_id";
  Keys keys(values);
  for (const Value& value : *values) keys.add(value.view());
  Trace trace(model.name, std::string(), values->size());
  Answer answer = co_await scope->core->loader->load(scope, std::move(shape), std::move(keys), std::move(trace));
  auto cohort = std::make_shared<Cohort>(scope, model);
  if (scope->strict) cohort->set_strict();
  for (std::size_t i = 0; i < answer.keys(); ++i)
    if (answer.size(i) != 0) cohort->add(answer.at(i, 0));
  cohort->add_keep(answer.keep());
  Decoded decoded = make_block(cohort);
  const LoadedRange range = decoded.all(cohort->size());
  co_await decode_all(std::move(decoded));
  co_await load_paths(cohort, std::vector<Path>(), ModelPath());
  co_return range;
}

void add_index(std::vector<CreateIndexOperation>& all, std::string collection, const std::vector<std::string>& fields,
               bool unique, bool sparse, std::string name) {
  CreateIndexOperation operation;
  operation.collection = std::move(collection);
  bson::Builder keys;
  for (const std::string& field : fields) keys.append_int32(field, 1);
  operation.keys = keys.finish();
  operation.unique = unique;
  operation.sparse = sparse;
  operation.name = std::move(name);
  for (CreateIndexOperation& other : all)
    if (other.collection == operation.collection && other.keys == operation.keys) {
      other.unique = other.unique || unique;
      other.sparse = other.sparse && sparse;
      if (other.name.empty()) other.name = operation.name;
      return;
    }
  all.push_back(std::move(operation));
}

// The mapping's own indexes, and one for every foreign key: what loads and cascades look things up by.
std::vector<CreateIndexOperation> indexes_of(const std::vector<const ModelInfo*>& models) {
  std::vector<CreateIndexOperation> all;
  for (const ModelInfo* model : models) {
    for (const IndexInfo& index : model->indexes) {
      std::vector<std::string> fields;
      for (const std::string& member : index.members) fields.push_back(resolve_field(member, model->catalog).stored);
      add_index(all, model->collection, fields, index.unique, index.sparse, index.name);
    }
    for (const auto& relationship : model->relationships) {
      const RelationshipInfo& r = *relationship;
      if (r.join) {
        add_index(all, r.join->collection, {r.foreign_stored, r.second_stored}, true, false, {});
        add_index(all, r.join->collection, {r.second_stored}, false, false, {});
      } else {
        const ModelInfo& holder = r.draft.on_owner ? *r.owner : *r.target;
        add_index(all, holder.collection, {r.foreign_stored}, false, false, {});
      }
    }
  }
  // Both sides of a link name the pair in their own order; one unique index over it is enough.
  std::vector<CreateIndexOperation> kept;
  for (CreateIndexOperation& one : all) {
    bool mirrored = false;
    for (const CreateIndexOperation& other : kept) {
      if (!one.unique || !other.unique || one.collection != other.collection) continue;
      std::vector<std::string_view> a, b;
      for (const auto& e : one.keys.view()) a.push_back(e.name);
      for (const auto& e : other.keys.view()) b.push_back(e.name);
      mirrored = mirrored || (a.size() == 2 && b.size() == 2 && a[0] == b[1] && a[1] == b[0]);
    }
    if (!mirrored) kept.push_back(std::move(one));
  }
  return kept;
}

awaitable<void> ensure_of(ScopePtr given, std::vector<const ModelInfo*> models) {
  const ScopePtr scope = effective(std::move(given));
  std::vector<const ModelInfo*> all;
  for (const ModelInfo* model : models) {
    scope->core->register_model(linked(*model));
    all.push_back(model);
    for (const auto& relationship : model->relationships)
      if (relationship->join && std::find(all.begin(), all.end(), relationship->join) == all.end())
        all.push_back(relationship->join);
  }
  std::vector<CreateIndexOperation> operations = indexes_of(all);
  for (CreateIndexOperation& operation : operations) {
    const Trace trace(operation.collection, std::string());
    co_await create_index(scope, std::move(operation), trace);
  }
}

awaitable<void> close_of(ScopePtr scope, std::chrono::steady_clock::time_point deadline) {
  co_await scope->core->driver->close(deadline);
  scope->core->observers.clear();
}

Stats read(const Counters& counters) {
  Stats stats;
  stats.operations = counters.operations.load();
  stats.reads = counters.reads.load();
  stats.writes = counters.writes.load();
  stats.documents = counters.documents.load();
  stats.bytes = counters.bytes.load();
  stats.joined = counters.joined.load();
  stats.transactions = counters.transactions.load();
  return stats;
}

}  // namespace

awaitable<LoadedRange> get(std::shared_ptr<Scope> scope, const ModelInfo* model, Id id) {
  return get_of(std::move(scope), model, std::move(id));
}
awaitable<LoadedRange> find_many(std::shared_ptr<Scope> scope, const ModelInfo* model, std::vector<Id> ids) {
  return in_words(find_many_of(std::move(scope), model, std::move(ids)));
}
awaitable<void> ensure_indexes(std::shared_ptr<Scope> scope, std::vector<const ModelInfo*> models) {
  return in_words(ensure_of(std::move(scope), std::move(models)), Leaves::unknown);
}
void register_models(Scope& scope, const std::vector<const ModelInfo*>& models) {
  for (const ModelInfo* model : models) scope.core->register_model(linked(*model));
}

}  // namespace detail

Database::Database(std::shared_ptr<Driver> driver)
    : scope_(std::make_shared<detail::Scope>(std::make_shared<detail::Core>(std::move(driver)))) {}

const std::shared_ptr<detail::Scope>& Database::required() const {
  detail::effective(scope_);
  return scope_;
}

Database Database::with_options(Options options) const {
  const std::shared_ptr<detail::Scope>& from = required();
  auto scope = std::make_shared<detail::Scope>(from->core);
  scope->transaction = from->transaction;
  scope->parent = from->parent;
  scope->strict = from->strict;
  scope->options = std::move(options);
  scope->counters = std::make_shared<detail::Counters>();
  return Database(std::move(scope));
}

awaitable<void> Database::backup(std::string path) const {
  return detail::effective(scope_)->core->driver->backup(std::move(path));
}
awaitable<void> Database::close(std::chrono::steady_clock::time_point deadline) const {
  return detail::close_of(required(), deadline);
}

Stats Database::stats() const {
  const detail::Core& core = *required()->core;
  Stats stats = detail::read(scope_->counters ? *scope_->counters : core.counters);
  stats.retries = core.counters.reruns.load();
  core.driver->add_stats(stats);
  return stats;
}

Observation Database::observe_with(std::shared_ptr<detail::Observer> observer) const {
  const std::shared_ptr<detail::Core>& core = required()->core;
  const std::shared_ptr<detail::Observers> store(core, &core->observers), driver = core->driver->observers();
  store->add(observer);
  if (driver) driver->add(observer);
  return Observation(std::move(observer), store, driver);
}

}  // namespace kinship
