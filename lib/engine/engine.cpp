// Driver calls with everything that goes around them.
// Coroutines here take their parameters by value and name every operation before awaiting.
#include "engine/engine.hpp"

#include <kinship/error.hpp>

#include "driver/write_failure.hpp"

namespace kinship::detail {
namespace {

struct Measure {
  std::size_t documents{};
  std::size_t bytes{};
  bool changed{};  // of a write
};

Measure measure(const Batch& batch) {
  Measure m{batch.documents.size()};
  for (const auto document : batch.documents) m.bytes += document.size();
  return m;
}
Measure measure(const FindReply& reply) { return measure(reply.first); }
Measure measure(const GroupedCountReply& reply) { return measure(reply.groups); }
Measure measure(std::uint64_t) { return {}; }
Measure measure(const WriteReply& reply) {
  return {0, 0, reply.inserted + reply.modified + reply.deleted + reply.upserted.size() != 0};
}
Measure measure(const FindAndModifyReply& reply) {
  Measure m = measure(reply.document);
  m.changed = reply.matched || !reply.upserted.empty();
  return m;
}

void count_one(Counters& counters, bool is_write, const Measure& m) {
  counters.operations.fetch_add(1, std::memory_order_relaxed);
  (is_write ? counters.writes : counters.reads).fetch_add(1, std::memory_order_relaxed);
  if (m.documents == 0) return;
  counters.documents.fetch_add(m.documents, std::memory_order_relaxed);
  counters.bytes.fetch_add(m.bytes, std::memory_order_relaxed);
}

void count_everywhere(const Scope& scope, bool is_write, const Measure& m) {
  count_one(scope.core->counters, is_write, m);
  if (scope.counters) count_one(*scope.counters, is_write, m);
  if (!is_write || !scope.transaction) return;
  scope.transaction->writes.fetch_add(1, std::memory_order_relaxed);
  if (m.changed) scope.transaction->changed = true;
}

error with_context(const Scope& scope, const error& e, const Trace& trace, const char* name) {
  ErrorContext context = e.context();
  if (context.outcome == Outcome::unknown && scope.in_transaction()) {
    // Whatever the store did with it: it may never be committed.
    context.outcome = Outcome::not_applied;
    scope.transaction->doomed = true;
  }
  if (context.model.empty()) context.model = trace.model();
  if (context.relationship.empty()) context.relationship = trace.relationship();
  if (context.operation.empty()) context.operation = name;
  return error(static_cast<errc>(e.code().value()), e.sentence(), std::move(context));
}

class Call {
 public:
  Call(ScopePtr scope, const char* name, bool is_write, const std::string& collection, const Trace& trace)
      : scope_(std::move(scope)), is_write_(is_write) {
    if (!scope_->core->observed()) return;
    event_ = std::make_unique<OperationEvent>();
    event_->store = scope_->core->driver->capabilities().store;
    event_->operation = name;
    event_->collection = collection;
    event_->relationship = trace.relationship();
    event_->keys = trace.keys();
    started_ = std::chrono::steady_clock::now();
  }
  void ended(const Measure& m, std::string failure = {}) {
    count_everywhere(*scope_, is_write_, m);
    if (!event_) return;
    event_->duration = std::chrono::steady_clock::now() - started_;
    event_->documents = m.documents;
    event_->bytes = m.bytes;
    event_->error = std::move(failure);
    scope_->core->observers.tell(*event_);
  }

 private:
  ScopePtr scope_;
  bool is_write_;
  std::unique_ptr<OperationEvent> event_;  // where somebody observes
  std::chrono::steady_clock::time_point started_{};
};

template <class Reply, class Operation>
awaitable<Reply> run(ScopePtr scope, Operation operation, awaitable<Reply> (Driver::*method)(Operation), Trace trace,
                     const char* name, bool is_write) {
  Call call(scope, name, is_write, operation.collection, trace);
  scope->apply(operation.context, trace.timeout);
  try {
    // Apart, so that the argument is gone before the frame suspends: frames are what an operation allocates most for.
    awaitable<Reply> task = (scope->core->driver.get()->*method)(std::move(operation));
    Reply reply = co_await std::move(task);
    call.ended(measure(reply));
    co_return reply;
  } catch (const error& e) {
    call.ended(Measure(), e.sentence());
    throw with_context(*scope, e, trace, name);
  }
}

}  // namespace

awaitable<FindReply> find(ScopePtr scope, FindOperation operation, Trace trace) {
  return run<FindReply, FindOperation>(std::move(scope), std::move(operation), &Driver::find, std::move(trace), "find",
                                       false);
}

static awaitable<std::vector<Batch>> find_all_of(ScopePtr scope, FindOperation operation, Trace trace) {
  std::vector<Batch> batches;
  FindReply reply = co_await find(scope, std::move(operation), trace);
  batches.push_back(std::move(reply.first));
  while (reply.cursor) {
    Batch batch = co_await next_batch(scope, reply.cursor.get(), trace);
    if (batch.documents.empty()) break;
    batches.push_back(std::move(batch));
  }
  co_return batches;
}
awaitable<std::vector<Batch>> find_all(ScopePtr scope, FindOperation operation, Trace trace) {
  return find_all_of(std::move(scope), std::move(operation), std::move(trace));
}

static awaitable<Batch> next_batch_of(ScopePtr scope, Cursor* cursor, Trace trace) {
  Call call(scope, "getMore", false, std::string(), trace);
  try {
    Batch batch = co_await cursor->next();
    call.ended(measure(batch));
    co_return batch;
  } catch (const error& e) {
    call.ended(Measure(), e.sentence());
    throw with_context(*scope, e, trace, "getMore");
  }
}
awaitable<Batch> next_batch(ScopePtr scope, Cursor* cursor, Trace trace) {
  return next_batch_of(std::move(scope), cursor, std::move(trace));
}

awaitable<std::uint64_t> count(ScopePtr scope, CountOperation operation, Trace trace) {
  return run<std::uint64_t, CountOperation>(std::move(scope), std::move(operation), &Driver::count, std::move(trace),
                                            "count", false);
}
awaitable<GroupedCountReply> grouped_count(ScopePtr scope, GroupedCountOperation operation, Trace trace) {
  return run<GroupedCountReply, GroupedCountOperation>(std::move(scope), std::move(operation), &Driver::grouped_count,
                                                       std::move(trace), "count", false);
}
awaitable<WriteReply> write(ScopePtr scope, WriteOperation operation, Trace trace) {
  const char* name = "write";
  if (!operation.items.empty()) switch (operation.items.front().kind) {
      case WriteKind::insert:
        name = "insert";
        break;
      case WriteKind::update_one:
      case WriteKind::update_many:
      case WriteKind::replace_one:
        name = "update";
        break;
      case WriteKind::delete_one:
      case WriteKind::delete_many:
        name = "delete";
        break;
    }
  return run<WriteReply, WriteOperation>(std::move(scope), std::move(operation), &Driver::write, std::move(trace), name,
                                         true);
}

awaitable<FindAndModifyReply> find_and_modify(ScopePtr scope, FindAndModifyOperation operation, Trace trace) {
  return run<FindAndModifyReply, FindAndModifyOperation>(std::move(scope), std::move(operation), &Driver::find_and_modify,
                                                         std::move(trace), "findAndModify", true);
}
awaitable<Batch> distinct(ScopePtr scope, DistinctOperation operation, Trace trace) {
  return run<Batch, DistinctOperation>(std::move(scope), std::move(operation), &Driver::distinct, std::move(trace),
                                       "distinct", false);
}
awaitable<FindReply> aggregate(ScopePtr scope, AggregateOperation operation, Trace trace) {
  return run<FindReply, AggregateOperation>(std::move(scope), std::move(operation), &Driver::aggregate, std::move(trace),
                                            "aggregate", false);
}

static awaitable<void> create_index_of(ScopePtr scope, CreateIndexOperation operation, Trace trace) {
  Call call(scope, "createIndex", true, operation.collection, trace);
  scope->apply(operation.context);
  try {
    co_await scope->core->driver->create_index(std::move(operation));
    call.ended(Measure());
  } catch (const error& e) {
    call.ended(Measure(), e.sentence());
    throw with_context(*scope, e, trace, "createIndex");
  }
}
awaitable<void> create_index(ScopePtr scope, CreateIndexOperation operation, Trace trace) {
  return create_index_of(std::move(scope), std::move(operation), std::move(trace));
}

static awaitable<std::vector<CollectionListing>> list_collections_of(ScopePtr scope) {
  Call call(scope, "listCollections", false, std::string(), Trace());
  try {
    OperationContext context = scope->context();
    std::vector<CollectionListing> listed = co_await scope->core->driver->list_collections(std::move(context));
    call.ended(Measure());
    co_return listed;
  } catch (const error& e) {
    call.ended(Measure(), e.sentence());
    throw with_context(*scope, e, Trace(), "listCollections");
  }
}
awaitable<std::vector<CollectionListing>> list_collections(ScopePtr scope) { return list_collections_of(std::move(scope)); }

static awaitable<std::vector<IndexListing>> list_indexes_of(ScopePtr scope, std::string collection) {
  Call call(scope, "listIndexes", false, collection, Trace());
  try {
    OperationContext context = scope->context();
    std::vector<IndexListing> listed = co_await scope->core->driver->list_indexes(std::move(collection), std::move(context));
    call.ended(Measure());
    co_return listed;
  } catch (const error& e) {
    call.ended(Measure(), e.sentence());
    throw with_context(*scope, e, Trace(), "listIndexes");
  }
}
awaitable<std::vector<IndexListing>> list_indexes(ScopePtr scope, std::string collection) {
  return list_indexes_of(std::move(scope), std::move(collection));
}

void warn(const ScopePtr& scope, const Trace& trace, std::string collection, std::string sentence) {
  if (!scope->core->observed()) return;
  OperationEvent event;
  event.store = scope->core->driver->capabilities().store;
  event.operation = "warning";
  event.collection = std::move(collection);
  event.relationship = trace.relationship();
  event.keys = trace.keys();
  event.warning = std::move(sentence);
  scope->core->observers.tell(event);
}

void throw_write_error(const ScopePtr& scope, const WriteReply& reply, const std::string& collection, const Trace& trace) {
  if (reply.errors.empty()) return;
  ErrorContext context;
  context.model = trace.model();
  context.relationship = trace.relationship();
  context.operation = "write";
  throw_if_failed(reply, collection, std::move(context), scope->in_transaction());
}

}  // namespace kinship::detail
