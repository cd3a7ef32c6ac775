// A driver in front of another one that lets every operation wait first: the network of a store that has none.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <kinship/driver/driver.hpp>
#include <memory>
#include <utility>

namespace bench {

using kinship::awaitable;

class DelayedDriver : public kinship::Driver {
 public:
  DelayedDriver(std::shared_ptr<kinship::Driver> store, std::chrono::microseconds delay)
      : store_(std::move(store)), delay_(delay) {}

  kinship::Capabilities capabilities() const override { return store_->capabilities(); }

  awaitable<kinship::FindReply> find(kinship::FindOperation operation) override {
    co_await wait();
    co_return co_await store_->find(std::move(operation));
  }
  awaitable<std::uint64_t> count(kinship::CountOperation operation) override {
    co_await wait();
    co_return co_await store_->count(std::move(operation));
  }
  awaitable<kinship::GroupedCountReply> grouped_count(kinship::GroupedCountOperation operation) override {
    co_await wait();
    co_return co_await store_->grouped_count(std::move(operation));
  }
  awaitable<kinship::WriteReply> write(kinship::WriteOperation operation) override {
    co_await wait();
    co_return co_await store_->write(std::move(operation));
  }

  // The benches ask for nothing below; it is passed on as it is.
  awaitable<kinship::FindAndModifyReply> find_and_modify(kinship::FindAndModifyOperation operation) override {
    return store_->find_and_modify(std::move(operation));
  }
  awaitable<void> create_index(kinship::CreateIndexOperation operation) override {
    return store_->create_index(std::move(operation));
  }
  awaitable<void> drop_collection(std::string collection, kinship::OperationContext context) override {
    return store_->drop_collection(std::move(collection), std::move(context));
  }
  awaitable<std::vector<kinship::CollectionListing>> list_collections(kinship::OperationContext context) override {
    return store_->list_collections(std::move(context));
  }
  awaitable<std::vector<kinship::IndexListing>> list_indexes(std::string collection,
                                                             kinship::OperationContext context) override {
    return store_->list_indexes(std::move(collection), std::move(context));
  }
  awaitable<kinship::Batch> distinct(kinship::DistinctOperation operation) override {
    return store_->distinct(std::move(operation));
  }
  awaitable<kinship::FindReply> aggregate(kinship::AggregateOperation operation) override {
    return store_->aggregate(std::move(operation));
  }
  awaitable<kinship::bson::Document> command(kinship::bson::Document command, kinship::OperationContext context) override {
    return store_->command(std::move(command), std::move(context));
  }
  awaitable<std::shared_ptr<kinship::Session>> begin(std::string origin, kinship::OperationContext context) override {
    return store_->begin(std::move(origin), std::move(context));
  }
  awaitable<void> commit(std::shared_ptr<kinship::Session> session) override { return store_->commit(std::move(session)); }
  awaitable<void> abort(std::shared_ptr<kinship::Session> session) override { return store_->abort(std::move(session)); }
  awaitable<void> backup(std::string path) override { return store_->backup(std::move(path)); }
  awaitable<void> close(kinship::Deadline deadline) override { return store_->close(deadline); }

 private:
  awaitable<void> wait() const {
    if (delay_.count() == 0) co_return;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, delay_);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }

  std::shared_ptr<kinship::Driver> store_;
  std::chrono::microseconds delay_;
};

}  // namespace bench
