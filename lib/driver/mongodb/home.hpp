// The event loop a client lives on, as far as its end concerns the client: sockets and timers must be gone before it is.
// Whoever uses the client later gets an error instead of a crash.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <memory>
#include <mutex>
#include <vector>

namespace kinship::mongodb {

class Client;

class Home final : public boost::asio::execution_context::service {
 public:
  using key_type = Home;
  static boost::asio::execution_context::id id;

  explicit Home(boost::asio::execution_context& context) : service(context) {}
  void add(std::weak_ptr<Client> client);

 private:
  void shutdown() override;

  std::mutex mutex_;
  std::vector<std::weak_ptr<Client>> clients_;
};

Home& home_of(const boost::asio::any_io_executor& executor);

}  // namespace kinship::mongodb
