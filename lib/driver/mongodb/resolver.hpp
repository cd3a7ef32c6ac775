// Host names to endpoints. getaddrinfo cannot be cancelled, so each lookup has a thread of its own that nobody waits for:
// neither an awaiter, who leaves at the deadline, nor the end of the event loop. Numbers and paths need no thread.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "driver/mongodb/address.hpp"
#include "driver/mongodb/deadlines.hpp"

namespace kinship::mongodb {

using Endpoints = std::vector<boost::asio::generic::stream_protocol::endpoint>;

struct NameQuery;

class Resolver : public std::enable_shared_from_this<Resolver> {
 public:
  explicit Resolver(std::shared_ptr<Deadlines> deadlines) : deadlines_(std::move(deadlines)) {}
  virtual ~Resolver();

  /// In the order to try them, at least one. Who asks for a name that is being looked up shares that lookup. Throws
  /// `unavailable` for a name that has no address, `timeout` at the deadline.
  virtual awaitable<Endpoints> resolve(Address address, Deadline deadline);

  /// Whoever waits stops waiting.
  void stop();

 private:
  std::shared_ptr<NameQuery> query(const Address& address);

  const std::shared_ptr<Deadlines> deadlines_;
  std::mutex mutex_;
  std::map<Address, std::weak_ptr<NameQuery>> running_;
};

}  // namespace kinship::mongodb
