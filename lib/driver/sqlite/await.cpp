// A job as an operation that coroutines wait for.
// It differs by its kind only in how the store is told.
#include "await.hpp"

#include "driver/completion.hpp"
#include "store.hpp"

namespace kinship::sqlite {
namespace {

using Send = void (Store::*)(std::shared_ptr<Job>, std::unique_ptr<Completion>);

class SentJob final : public kinship::detail::LoopOperation {
 public:
  SentJob(std::shared_ptr<Store> store, std::shared_ptr<Job> job, Send send)
      : store_(std::move(store)), job_(std::move(job)), send_(send) {}

  void start(std::unique_ptr<Completion> completion) override { ((*store_).*send_)(job_, std::move(completion)); }
  void cancel() override { job_->stop(errc::cancelled, "The operation was cancelled"); }

 private:
  std::shared_ptr<Store> store_;
  std::shared_ptr<Job> job_;
  Send send_;
};

awaitable<void> wait_for(std::shared_ptr<Store> store, std::shared_ptr<Job> job, Send send) {
  return kinship::detail::await_operation(std::make_shared<SentJob>(std::move(store), std::move(job), send));
}

}  // namespace

awaitable<void> await_job(std::shared_ptr<Store> store, std::shared_ptr<Job> job) {
  return wait_for(std::move(store), std::move(job), &Store::submit);
}

awaitable<void> await_opening(std::shared_ptr<Store> store, std::shared_ptr<Job> job) {
  return wait_for(std::move(store), std::move(job), &Store::start);
}

awaitable<void> await_closing(std::shared_ptr<Store> store, std::shared_ptr<Job> job) {
  return wait_for(std::move(store), std::move(job), &Store::close);
}

}  // namespace kinship::sqlite
