// A driver that notes what it is asked, how much at once, and may pretend to take few keys at a time.
// Reads wait one turn of the loop before they go on, so that what may run side by side does.
#pragma once

#include <algorithm>
#include <mutex>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <kinship/testing.hpp>

namespace kinship::test {

class RecordingDriver final : public testing::FaultyDriver {
 public:
  using testing::FaultyDriver::FaultyDriver;

  /// Keys in one `$in`; 0: as many as the store takes.
  void take(std::size_t chunk_keys) { chunk_keys_ = chunk_keys; }
  /// The n-th write from now is done, and its answer lost: `unavailable`, outcome `unknown`.
  void lose_answer_of(int n) { lost_ = n; }
  void forget() {
    const std::lock_guard lock(mutex_);
    finds_.clear();
    writes_.clear();
    most_ = 0;
  }
  const std::vector<FindOperation>& finds() const { return finds_; }
  const std::vector<WriteOperation>& writes() const { return writes_; }
  /// The most reads under way at once.
  int most() const { return most_; }

  Capabilities capabilities() const override {
    Capabilities capabilities = testing::FaultyDriver::capabilities();
    if (chunk_keys_ != 0) capabilities.chunk_keys = chunk_keys_;
    return capabilities;
  }
  awaitable<FindReply> find(FindOperation operation) override {
    {
      const std::lock_guard lock(mutex_);
      finds_.push_back(operation);
      most_ = std::max(most_, ++under_way_);
    }
    return waiting(this, testing::FaultyDriver::find(std::move(operation)));
  }
  awaitable<WriteReply> write(WriteOperation operation) override {
    {
      const std::lock_guard lock(mutex_);
      writes_.push_back(operation);
    }
    return answering(lost_ > 0 && --lost_ == 0, testing::FaultyDriver::write(std::move(operation)));
  }

 private:
  static awaitable<WriteReply> answering(bool lost, awaitable<WriteReply> below) {
    WriteReply reply = co_await std::move(below);
    if (!lost) co_return reply;
    ErrorContext context;
    context.outcome = Outcome::unknown;
    throw error(errc::unavailable, "a test lost the answer", std::move(context));
  }

  static awaitable<FindReply> waiting(RecordingDriver* self, awaitable<FindReply> below) {
    const auto executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
    FindReply reply = co_await std::move(below);
    const std::lock_guard lock(self->mutex_);
    --self->under_way_;
    co_return reply;
  }

  std::mutex mutex_;
  std::vector<FindOperation> finds_;
  std::vector<WriteOperation> writes_;
  std::size_t chunk_keys_{};
  int lost_{};
  int under_way_{};
  int most_{};
};

}  // namespace kinship::test
