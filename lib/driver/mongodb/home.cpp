// A service of the execution context: Asio calls shutdown() before it destroys anything.
// It knows clients weakly; they come and go.
#include "driver/mongodb/home.hpp"

#include "driver/mongodb/client.hpp"

namespace kinship::mongodb {

boost::asio::execution_context::id Home::id;

void Home::add(std::weak_ptr<Client> client) {
  const std::lock_guard lock(mutex_);
  std::erase_if(clients_, [](const auto& weak) { return weak.expired(); });
  clients_.push_back(std::move(client));
}

void Home::shutdown() {
  std::vector<std::weak_ptr<Client>> clients;
  {
    const std::lock_guard lock(mutex_);
    clients.swap(clients_);
  }
  for (const auto& weak : clients)
    if (const auto client = weak.lock()) client->loop_gone();
}

Home& home_of(const boost::asio::any_io_executor& executor) {
  return boost::asio::use_service<Home>(boost::asio::query(executor, boost::asio::execution::context));
}

}  // namespace kinship::mongodb
