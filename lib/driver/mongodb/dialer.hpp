// Opens connections: name, socket, hello. Every address of a name is tried in turn within connectTimeoutMS.
// Runs on the client's executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "driver/mongodb/connection.hpp"
#include "driver/mongodb/resolver.hpp"
#include "driver/mongodb/uri.hpp"

namespace kinship::mongodb {

class Dialer : public std::enable_shared_from_this<Dialer> {
 public:
  Dialer(boost::asio::any_io_executor executor, std::shared_ptr<Deadlines> deadlines, std::shared_ptr<const MongoUri> uri);

  /// Throws NetworkError.
  awaitable<std::shared_ptr<Connection>> dial(Address address);

  /// Ends what is being opened, and opens nothing any more.
  void stop();

  const std::shared_ptr<Deadlines>& deadlines() const noexcept { return deadlines_; }
  const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
  const MongoUri& uri() const noexcept { return *uri_; }

 private:
  static awaitable<std::shared_ptr<Connection>> dial_of(std::shared_ptr<Dialer> self, Address address);
  std::shared_ptr<Channel> new_channel(const Address& address);
  static awaitable<std::shared_ptr<Channel>> connect_of(std::shared_ptr<Dialer> self, Address address, Deadline deadline);

  const boost::asio::any_io_executor executor_;
  const std::shared_ptr<Deadlines> deadlines_;
  const std::shared_ptr<const MongoUri> uri_;
  const std::shared_ptr<Resolver> resolver_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Channel>> opening_;
  bool stopped_{};
};

}  // namespace kinship::mongodb
