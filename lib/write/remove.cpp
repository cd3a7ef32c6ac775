// remove, remove_many and plan_remove: the cascade planner decides, this executes what it needs, in one transaction.
// A model nothing hangs on is removed by one operation.
#include <kinship/database.hpp>
#include <kinship/error.hpp>

#include <unordered_map>

#include "engine/cancelled.hpp"
#include "plan/cascade.hpp"
#include "write/cascade_graph.hpp"
#include "write/link.hpp"

namespace kinship::detail {
namespace {

class Cursors {
 public:
  void keep(std::size_t number, std::unique_ptr<Cursor> cursor) { open_[number] = std::move(cursor); }
  Cursor* at(std::size_t number) { return open_.count(number) ? open_[number].get() : nullptr; }
  void end(std::size_t number) { open_.erase(number); }

 private:
  std::unordered_map<std::size_t, std::unique_ptr<Cursor>> open_{};
};

awaitable<void> feed_find(ScopePtr scope, plan::CascadePlanner* planner, Cursors* cursors, Trace trace) {
  const plan::CascadeNeed need = planner->need();
  if (need.kind == plan::CascadeNeed::Kind::next) {
    Cursor* cursor = cursors->at(need.cursor);
    Batch batch;
    if (cursor) batch = co_await next_batch(scope, cursor, trace);
    const bool more = !batch.documents.empty();
    if (!more) cursors->end(need.cursor);
    planner->feed(batch.documents, more);
    co_return;
  }
  FindOperation operation;
  operation.collection = need.collection;
  operation.filter = need.filter;
  operation.projection = need.projection;
  operation.limit = need.limit;
  operation.batch_size = need.batch;
  FindReply reply = co_await find(scope, std::move(operation), trace);
  const bool more = reply.cursor != nullptr;
  if (more) cursors->keep(need.cursor, std::move(reply.cursor));
  planner->feed(reply.first.documents, more);
}

awaitable<void> feed_write(ScopePtr scope, plan::CascadePlanner* planner, Trace trace) {
  const plan::CascadeNeed need = planner->need();
  const bool removes = need.kind == plan::CascadeNeed::Kind::remove;
  WriteItem item = removes ? delete_item(WriteKind::delete_many, need.filter)
                           : update_item(WriteKind::update_many, need.filter, need.update);
  WriteReply reply = co_await write_one(scope, need.collection, std::move(item), trace);
  planner->feed(removes ? reply.deleted : reply.matched);
}

awaitable<void> run_planner(ScopePtr scope, plan::CascadePlanner* planner, std::string model) {
  Cursors cursors;
  while (!planner->done()) {
    const plan::CascadeNeed::Kind kind = planner->need().kind;
    const Trace trace(model, planner->need().relationship);
    if (kind == plan::CascadeNeed::Kind::find || kind == plan::CascadeNeed::Kind::next) {
      co_await feed_find(scope, planner, &cursors, trace);
    } else if (kind == plan::CascadeNeed::Kind::count) {
      CountOperation operation;
      operation.collection = planner->need().collection;
      operation.filter = planner->need().filter;
      operation.limit = planner->need().limit;
      const std::uint64_t found = co_await count(scope, std::move(operation), trace);
      planner->feed(found);
    } else {
      co_await feed_write(scope, planner, trace);
    }
  }
  if (planner->violation().empty()) co_return;
  ErrorContext context;
  context.model = model;
  context.relationship = planner->violated_relationship();
  context.operation = "remove";
  throw error(errc::restricted, planner->violation(), std::move(context));
}

plan::CascadePlanner make_planner(const ScopePtr& scope, const ModelInfo& model, plan::CascadeStart start,
                                  plan::CascadeMode mode) {
  const std::vector<const ModelInfo*> models = scope->core->models();
  start.node = node_of(models, model);
  plan::CascadeOptions options;
  options.mode = mode;
  options.chunk = scope->core->driver->capabilities().chunk_keys;
  options.on_many_remembered = [scope, &model](std::size_t ids) {
    warn(scope, Trace(model.name, std::string(), ids), model.collection,
         "removing from '" + model.collection + "' holds " + std::to_string(ids) +
             " ids in memory, because relationships of " + model.name +
             " lead in a circle; remove in parts where that is too much");
  };
  return plan::CascadePlanner(cascade_graph(models), std::move(start), std::move(options));
}

bool anything_below(const Scope& scope, const ModelInfo& model) {
  const std::vector<const ModelInfo*> models = scope.core->models();
  const plan::CascadeGraph graph = cascade_graph(models);
  const std::size_t node = node_of(models, model);
  for (const plan::CascadeEdge& edge : graph.edges)
    if (edge.parent == node) return true;
  return false;
}

awaitable<CascadeResult> remove_leaf(ScopePtr scope, const ModelInfo* model, bson::Document filter) {
  const Trace trace(model->name, std::string());
  WriteItem item = delete_item(WriteKind::delete_many, std::move(filter));
  WriteReply reply = co_await write_one(scope, model->collection, std::move(item), trace);
  std::vector<CascadeStep> steps;
  if (reply.deleted != 0) steps.push_back(CascadeStep{model->name, CascadeAction::remove, model->collection, reply.deleted});
  co_return CascadeResult(std::move(steps), true);
}

awaitable<CascadeResult> remove_start(ScopePtr scope, const ModelInfo* model, plan::CascadeStart start) {
  scope->core->register_model(*model);
  const bool transactions = scope->core->driver->capabilities().transactions;
  std::vector<CascadeStep> steps;
  auto work = [&](ScopePtr inside) -> awaitable<void> {
    plan::CascadePlanner planner = make_planner(inside, *model, start, plan::CascadeMode::run);
    co_await run_planner(inside, &planner, model->name);
    steps = planner.steps();
  };
  co_await atomically(scope, &work, "remove");
  co_return CascadeResult(std::move(steps), transactions);
}

awaitable<CascadeResult> remove_of(ScopePtr given, ObjectRef object) {
  const ScopePtr scope = effective(std::move(given));
  const ModelInfo& model = linked(object.model());
  scope->core->register_model(model);
  const Id key = key_of(object.object(), model);
  if (!key)
    fail(errc::unbound, "this " + model.name + " has no id, so it was never stored and cannot be removed", model, "remove");
  CascadeResult result;
  bson::Document filter = by_id(model, object.object());
  if (anything_below(*scope, model)) {
    plan::CascadeStart start;
    start.keys.push_back(Value(filter["_id"]));
    result = co_await remove_start(scope, &model, std::move(start));
  } else {
    result = co_await remove_leaf(scope, &model, std::move(filter));
  }
  if (result.deleted() == 0)
    fail(errc::not_found,
         "there is no " + model.name + " " + key.to_string() + " to remove; it was removed before, or never inserted", model,
         "remove", key.to_string());
  co_return result;
}

awaitable<CascadePlan> plan_of(ScopePtr given, ObjectRef object) {
  const ScopePtr scope = effective(std::move(given));
  const ModelInfo& model = linked(object.model());
  scope->core->register_model(model);
  if (!key_of(object.object(), model))
    fail(errc::unbound, "this " + model.name + " has no id, so it was never stored and cannot be removed", model,
         "plan_remove");
  plan::CascadeStart start;
  const bson::Document filter = by_id(model, object.object());
  start.keys.push_back(Value(filter["_id"]));
  plan::CascadePlanner planner = make_planner(scope, model, std::move(start), plan::CascadeMode::plan);
  co_await run_planner(scope, &planner, model.name);
  co_return CascadePlan(planner.steps());
}

awaitable<void> matching_of(ScopePtr scope, const ModelInfo* model, bson::Document filter) {
  CascadeResult result = co_await remove_filter(std::move(scope), model, std::move(filter));
}

awaitable<CascadeResult> filter_of(ScopePtr given, const ModelInfo* model, bson::Document filter) {
  const ScopePtr scope = effective(std::move(given));
  scope->core->register_model(*model);
  CascadeResult result;
  if (anything_below(*scope, *model)) {
    plan::CascadeStart start;
    start.filter = std::move(filter);
    result = co_await remove_start(scope, model, std::move(start));
  } else {
    result = co_await remove_leaf(scope, model, std::move(filter));
  }
  co_return result;
}

}  // namespace

awaitable<CascadeResult> remove(ScopePtr scope, ObjectRef object) {
  return in_words(remove_of(std::move(scope), object), Leaves::unknown);
}
awaitable<CascadePlan> plan_remove(ScopePtr scope, ObjectRef object) { return in_words(plan_of(std::move(scope), object)); }
awaitable<void> remove_matching(ScopePtr scope, const ModelInfo* model, bson::Document filter) {
  return matching_of(std::move(scope), model, std::move(filter));
}
awaitable<CascadeResult> remove_filter(ScopePtr scope, const ModelInfo* model, bson::Document filter) {
  return filter_of(std::move(scope), model, std::move(filter));
}

}  // namespace kinship::detail
