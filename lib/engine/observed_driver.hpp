// ObservedDriver: the store as a raw Collection sees it through a handle — counted, observed, with the handle's options.
// Raw operations are store operations like any other.
#pragma once

#include "engine/engine.hpp"

namespace kinship::detail {

class ObservedDriver final : public Driver {
 public:
  explicit ObservedDriver(ScopePtr scope) : scope_(std::move(scope)) {}

  Capabilities capabilities() const override { return below().capabilities(); }

  awaitable<FindReply> find(FindOperation operation) override {
    return detail::find(effective(scope_), std::move(operation), Trace());
  }
  awaitable<std::uint64_t> count(CountOperation operation) override {
    return detail::count(effective(scope_), std::move(operation), Trace());
  }
  awaitable<GroupedCountReply> grouped_count(GroupedCountOperation operation) override {
    return detail::grouped_count(effective(scope_), std::move(operation), Trace());
  }
  awaitable<WriteReply> write(WriteOperation operation) override {
    return detail::write(effective(scope_), std::move(operation), Trace());
  }
  awaitable<FindAndModifyReply> find_and_modify(FindAndModifyOperation operation) override {
    return detail::find_and_modify(effective(scope_), std::move(operation), Trace());
  }
  awaitable<void> create_index(CreateIndexOperation operation) override {
    return detail::create_index(effective(scope_), std::move(operation), Trace());
  }
  awaitable<Batch> distinct(DistinctOperation operation) override {
    return detail::distinct(effective(scope_), std::move(operation), Trace());
  }
  awaitable<FindReply> aggregate(AggregateOperation operation) override {
    return detail::aggregate(effective(scope_), std::move(operation), Trace());
  }
  awaitable<std::vector<CollectionListing>> list_collections(OperationContext) override {
    return detail::list_collections(effective(scope_));
  }
  awaitable<std::vector<IndexListing>> list_indexes(std::string collection, OperationContext) override {
    return detail::list_indexes(effective(scope_), std::move(collection));
  }
  awaitable<void> drop_collection(std::string collection, OperationContext context) override {
    effective(scope_)->apply(context);
    return below().drop_collection(std::move(collection), std::move(context));
  }
  awaitable<bson::Document> command(bson::Document command, OperationContext context) override {
    return below().command(std::move(command), std::move(context));
  }
  awaitable<std::shared_ptr<Session>> begin(std::string origin, OperationContext context) override {
    return below().begin(std::move(origin), std::move(context));
  }
  awaitable<void> commit(std::shared_ptr<Session> session) override { return below().commit(std::move(session)); }
  awaitable<void> abort(std::shared_ptr<Session> session) override { return below().abort(std::move(session)); }
  awaitable<void> backup(std::string path) override { return below().backup(std::move(path)); }
  awaitable<void> close(Deadline deadline) override { return below().close(deadline); }

 private:
  Driver& below() const { return *scope_->core->driver; }

  ScopePtr scope_;
};

}  // namespace kinship::detail
