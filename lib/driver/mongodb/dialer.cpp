// Each address gets its share of the time that is left, so that a dead one does not use up that of the next.
// The error that is thrown is the last address's; the channel's text names the host.
#include "driver/mongodb/dialer.hpp"

#include <kinship/error.hpp>

#include "driver/mongodb/handshake.hpp"

namespace kinship::mongodb {
namespace {

using Clock = std::chrono::steady_clock;

Deadline connect_deadline(const MongoUri& uri) {
  const auto limit = uri.options.connect_timeout.value_or(std::chrono::seconds(10));
  return limit.count() == 0 ? no_deadline : Clock::now() + limit;
}

Deadline share_of(Deadline deadline, std::size_t addresses_left) {
  if (deadline == no_deadline || addresses_left <= 1) return deadline;
  const auto now = Clock::now();
  return deadline <= now ? deadline : now + (deadline - now) / static_cast<Clock::rep>(addresses_left);
}

}  // namespace

Dialer::Dialer(boost::asio::any_io_executor executor, std::shared_ptr<Deadlines> deadlines,
               std::shared_ptr<const MongoUri> uri)
    : executor_(std::move(executor)),
      deadlines_(std::move(deadlines)),
      uri_(std::move(uri)),
      resolver_(std::make_shared<Resolver>(deadlines_)) {}

void Dialer::stop() {
  std::vector<std::weak_ptr<Channel>> opening;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    opening.swap(opening_);
  }
  resolver_->stop();
  for (const auto& weak : opening)
    if (const auto channel = weak.lock()) channel->shut();
}

std::shared_ptr<Channel> Dialer::new_channel(const Address& address) {
  const std::lock_guard lock(mutex_);
  if (stopped_)
    throw NetworkError(errc::cancelled, "connect to " + address.text() + " was given up: the database was closed");
  auto channel = std::make_shared<Channel>(executor_, deadlines_, address.text());
  std::erase_if(opening_, [](const auto& weak) { return weak.expired(); });
  opening_.push_back(channel);
  return channel;
}

awaitable<std::shared_ptr<Connection>> Dialer::dial(Address address) {
  return dial_of(shared_from_this(), std::move(address));
}

awaitable<std::shared_ptr<Channel>> Dialer::connect_of(std::shared_ptr<Dialer> self, Address address, Deadline deadline) {
  const Endpoints endpoints = co_await self->resolver_->resolve(address, deadline);
  std::exception_ptr failure;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    std::shared_ptr<Channel> channel = self->new_channel(address);
    try {
      co_await channel->connect(endpoints[i], share_of(deadline, endpoints.size() - i));
      co_return channel;
    } catch (const NetworkError& e) {
      if (e.code() == errc::cancelled) throw;
      failure = std::current_exception();
    }
  }
  std::rethrow_exception(failure);
}

awaitable<std::shared_ptr<Connection>> Dialer::dial_of(std::shared_ptr<Dialer> self, Address address) {
  const Deadline deadline = connect_deadline(*self->uri_);
  auto connection = std::make_shared<Connection>();
  connection->channel = co_await connect_of(self, address, deadline);
  Request request;
  request.operation = "hello";
  request.deadline = deadline;
  const bson::Document hello = first_hello(self->uri_->options.app_name.value_or(std::string()));
  request.bytes = make_query(hello);
  const Message reply = co_await connection->channel->exchange(std::move(request));
  connection->server = read_hello(std::move(address), reply.body());
  if (connection->server.type == ServerType::unknown)
    throw NetworkError(errc::unavailable, "hello on " + connection->server.address.text() + ": " + connection->server.error);
  co_return connection;
}

}  // namespace kinship::mongodb
