// Each address gets its share of the time that is left, so that a dead one does not use up that of the next.
// The error that is thrown is the last address's; the channel's text names the host.
#include "driver/mongodb/dialer.hpp"

#include <kinship/error.hpp>

#include "driver/mongodb/handshake.hpp"
#include "driver/mongodb/off_loop.hpp"

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

void DialStop::stop() {
  std::shared_ptr<Channel> channel;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    channel = channel_.lock();
  }
  if (channel) channel->shut();
}

bool DialStop::hold(const std::shared_ptr<Channel>& channel) {
  const std::lock_guard lock(mutex_);
  channel_ = channel;
  return !stopped_;
}

Dialer::Dialer(boost::asio::any_io_executor executor, std::shared_ptr<Deadlines> deadlines,
               std::shared_ptr<const MongoUri> uri, std::shared_ptr<Resolver> resolver)
    : executor_(std::move(executor)),
      deadlines_(std::move(deadlines)),
      uri_(std::move(uri)),
      resolver_(resolver ? std::move(resolver) : std::make_shared<Resolver>(deadlines_)),
      credential_(credential_of(*uri_)),
      keys_(std::make_shared<ScramKeyCache>()) {}

awaitable<void> Dialer::prepare(std::shared_ptr<Dialer> self) {
  const bool logs_in = self->credential_.has_value();
  if (!self->uri_->tls() && !logs_in) co_return;
  const auto made = std::make_shared<std::shared_ptr<const TlsContext>>();
  OffLoop::Work work = [made, uri = self->uri_, logs_in] {
    if (uri->tls()) *made = std::make_shared<TlsContext>(uri->options);
    if (logs_in) scram_nonce();  // the first one of a program reads OpenSSL's configuration
  };
  const auto thread = OffLoop::begin(std::move(work), OffLoop::AtExit::wait);
  OffLoop::Texts texts;
  texts.cancelled = "connect was cancelled while certificates were read";
  texts.late = "connect: the certificates were not read in time; is a file system stuck? If not, raise connectTimeoutMS";
  co_await thread->wait(self->deadlines_, std::move(texts), connect_deadline(*self->uri_));
  self->tls_ = *made;
}

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

std::shared_ptr<Channel> Dialer::new_channel(const Address& address, DialStop* stop) {
  const std::lock_guard lock(mutex_);
  if (stopped_)
    throw NetworkError(errc::cancelled, "connect to " + address.text() + " was given up: the database was closed");
  auto channel = std::make_shared<Channel>(executor_, deadlines_, address.text());
  if (stop != nullptr && !stop->hold(channel))
    throw NetworkError(errc::cancelled, "connect to " + address.text() + " was given up: its connections were cleared");
  if (tls_) channel->secure(tls_, address.host);
  std::erase_if(opening_, [](const auto& weak) { return weak.expired(); });
  opening_.push_back(channel);
  return channel;
}

awaitable<std::shared_ptr<Connection>> Dialer::dial(Address address, std::shared_ptr<DialStop> stop) {
  return dial_of(shared_from_this(), std::move(address), true, std::move(stop));
}

awaitable<std::shared_ptr<Connection>> Dialer::dial_to_watch(Address address) {
  return dial_of(shared_from_this(), std::move(address), false, nullptr);
}

awaitable<std::shared_ptr<Channel>> Dialer::connect_of(std::shared_ptr<Dialer> self, Address address,
                                                       std::shared_ptr<DialStop> stop, Deadline deadline) {
  const Endpoints endpoints = co_await self->resolver_->resolve(address, deadline);
  std::exception_ptr failure;
  bool resumed = false;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    std::shared_ptr<Channel> channel = self->new_channel(address, stop.get());
    try {
      co_await channel->connect(endpoints[i], share_of(deadline, endpoints.size() - i));
      co_return channel;
    } catch (const NetworkError& e) {
      if (e.code() == errc::cancelled) throw;
      failure = std::current_exception();
      const bool refused = e.code() == errc::unavailable && channel->resumes();
      if (refused && !std::exchange(resumed, true)) --i;  // at once, with a whole handshake this time
    }
  }
  std::rethrow_exception(failure);
}

awaitable<Message> Dialer::greet(std::shared_ptr<Dialer> self, std::shared_ptr<Channel> channel,
                                 std::shared_ptr<LogIn> log_in, Deadline deadline) {
  bson::Builder more;
  if (log_in) log_in->append_to_hello(more);
  const bson::Document fields = more.finish();
  Request request;
  request.operation = "hello";
  request.deadline = deadline;
  const bson::Document hello = first_hello(self->uri_->options.app_name.value_or(std::string()), fields);
  request.bytes = make_query(hello);
  try {
    co_return co_await channel->exchange(std::move(request));
  } catch (const NetworkError& e) {
    if (self->tls_ || e.code() != errc::unavailable) throw;
    throw NetworkError(errc::unavailable, e.sentence() + "; if the server wants TLS, add tls=true", e.context());
  }
}

awaitable<std::shared_ptr<Connection>> Dialer::dial_of(std::shared_ptr<Dialer> self, Address address, bool logs_in,
                                                       std::shared_ptr<DialStop> stop) {
  const Deadline deadline = connect_deadline(*self->uri_);
  std::shared_ptr<LogIn> log_in;
  if (logs_in && self->credential_) log_in = std::make_shared<LogIn>(*self->credential_, self->keys_, self->deadlines_);
  auto connection = std::make_shared<Connection>();
  connection->channel = co_await connect_of(self, address, std::move(stop), deadline);
  Message reply = co_await greet(self, connection->channel, log_in, deadline);
  connection->server = read_hello(std::move(address), reply.body());
  if (connection->server.type == ServerType::unknown)
    throw NetworkError(errc::unavailable, "hello on " + connection->server.address.text() + ": " + connection->server.error);
  if (log_in) co_await log_in->run(connection, std::move(reply), deadline);
  co_return connection;
}

}  // namespace kinship::mongodb
