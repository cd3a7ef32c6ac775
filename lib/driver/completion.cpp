// What loops and awaiters share: the list of a loop, which lives as long as anybody may look into it.
// And the wait that has a frame of its own, for where nothing depends on it.
#include "driver/completion.hpp"

#include <boost/asio/use_awaitable.hpp>

#include "driver/awaited.hpp"

namespace kinship::detail {
namespace {

namespace asio = boost::asio;

class WaiterService final : public asio::execution_context::service {
 public:
  using key_type = WaiterService;
  static asio::execution_context::id id;

  explicit WaiterService(asio::execution_context& context) : service(context) {}
  const std::shared_ptr<WaiterList>& list() const noexcept { return list_; }

 private:
  void shutdown() override {
    for (;;) {
      std::unique_ptr<Dropped> dropped;  // destroyed without the lock
      const std::lock_guard lock(list_->mutex);
      WaiterLink* link = list_->first;
      if (link == nullptr) return;
      list_->erase(link);
      dropped = link->drop();
    }
  }
  std::shared_ptr<WaiterList> list_ = std::make_shared<WaiterList>();
};

asio::execution_context::id WaiterService::id;

}  // namespace

std::shared_ptr<WaiterList> waiters_of(asio::execution_context& loop) {
  return asio::use_service<WaiterService>(loop).list();
}

awaitable<void> await_operation(std::shared_ptr<LoopOperation> operation) {
  return Awaited(std::move(operation))(asio::use_awaitable);
}

}  // namespace kinship::detail
