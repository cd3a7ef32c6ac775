// A lookup is shared by its thread and by everyone who waits for it; each waiter leaves by itself.
// A thread that ends after everybody has left finds nobody, and that is all.
#include "driver/mongodb/resolver.hpp"

#include <netdb.h>
#include <sys/un.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <optional>
#include <system_error>
#include <thread>

#include "driver/mongodb/channel_task.hpp"

namespace kinship::mongodb {

namespace asio = boost::asio;

namespace {

std::exception_ptr resolve_failure(errc code, const Address& address, const std::string& what) {
  ErrorContext context;
  context.operation = "connect";
  return std::make_exception_ptr(
      NetworkError(code, "connect to " + address.text() + ": the name " + what + "; check the host in the URI, and DNS",
                   std::move(context)));
}

std::optional<Endpoints> without_lookup(const Address& address) {
  if (address.is_unix()) {
    if (address.host.size() >= sizeof(sockaddr_un::sun_path))
      throw NetworkError(errc::invalid_query,
                         "The path of the unix socket " + address.host + " is too long for one: use a shorter one");
    return Endpoints{asio::local::stream_protocol::endpoint(address.host)};
  }
  boost::system::error_code code;
  const auto number = asio::ip::make_address(address.host, code);
  if (code) return std::nullopt;
  return Endpoints{asio::ip::tcp::endpoint(number, address.port)};
}

Endpoints endpoints_of(const addrinfo* list) {
  Endpoints out;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    if (at->ai_family != AF_INET && at->ai_family != AF_INET6) continue;
    out.emplace_back(at->ai_addr, at->ai_addrlen, IPPROTO_TCP);
  }
  return out;
}

}  // namespace

/// Somebody who waits for a lookup.
class NameWaiter final : public detail::LoopOperation, public Timed {
 public:
  NameWaiter(std::shared_ptr<NameQuery> query, std::shared_ptr<Deadlines> deadlines, Address address, Deadline deadline)
      : query_(std::move(query)), deadlines_(std::move(deadlines)), address_(std::move(address)), deadline_(deadline) {}
  ~NameWaiter() override { deadlines_->unwatch(*this); }

  void start(std::unique_ptr<detail::Completion> completion) override;
  void cancel() override {
    end(std::make_exception_ptr(NetworkError(errc::cancelled, "connect to " + address_.text() + " was cancelled")), {});
  }
  void expired() override { end(resolve_failure(errc::timeout, address_, "was not resolved in time"), {}); }
  void end(std::exception_ptr failure, const Endpoints& found) {
    std::unique_ptr<detail::Completion> completion;
    {
      const std::lock_guard lock(mutex_);
      completion = std::move(completion_);
      if (!completion) return;
      endpoints = found;
    }
    deadlines_->unwatch(*this);
    completion->complete(std::move(failure));
    deadlines_->rest();
  }
  const Address& address() const noexcept { return address_; }

  Endpoints endpoints{};

 private:
  const std::shared_ptr<NameQuery> query_;
  const std::shared_ptr<Deadlines> deadlines_;
  const Address address_;
  const Deadline deadline_;
  std::mutex mutex_;
  std::unique_ptr<detail::Completion> completion_{};
};

/// One getaddrinfo.
class NameQuery : public std::enable_shared_from_this<NameQuery> {
 public:
  explicit NameQuery(Address address) : address_(std::move(address)) {}

  void start() {
    std::thread([self = shared_from_this()] { self->run(); }).detach();
  }
  /// False: it has ended, and the waiter was told so.
  void join(const std::shared_ptr<NameWaiter>& waiter) {
    {
      const std::lock_guard lock(mutex_);
      if (!ended_) {
        waiters_.push_back(waiter);
        return;
      }
    }
    waiter->end(failure_, endpoints_);
  }

  void abandon() {
    std::vector<std::weak_ptr<NameWaiter>> waiters;
    {
      const std::lock_guard lock(mutex_);
      waiters.swap(waiters_);
    }
    for (const auto& weak : waiters)
      if (const auto waiter = weak.lock()) waiter->cancel();
  }

 private:
  void run() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    const int code = ::getaddrinfo(address_.host.c_str(), std::to_string(address_.port).c_str(), &hints, &list);
    std::vector<std::weak_ptr<NameWaiter>> waiters;
    {
      const std::lock_guard lock(mutex_);
      if (code == 0) endpoints_ = endpoints_of(list);
      if (endpoints_.empty())
        failure_ = resolve_failure(errc::unavailable, address_,
                                   std::string("has no address (") + (code != 0 ? ::gai_strerror(code) : "none") + ")");
      ended_ = true;
      waiters.swap(waiters_);
    }
    if (list != nullptr) ::freeaddrinfo(list);
    for (const auto& weak : waiters)
      if (const auto waiter = weak.lock()) waiter->end(failure_, endpoints_);
  }

  const Address address_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<NameWaiter>> waiters_;
  bool ended_{};
  Endpoints endpoints_;  // not changed after ended_
  std::exception_ptr failure_;
};

void NameWaiter::start(std::unique_ptr<detail::Completion> completion) {
  {
    const std::lock_guard lock(mutex_);
    completion_ = std::move(completion);
  }
  deadlines_->watch(*this, deadline_);
  query_->join(std::static_pointer_cast<NameWaiter>(shared_from_this()));
}

std::shared_ptr<NameQuery> Resolver::query(const Address& address) {
  const std::lock_guard lock(mutex_);
  std::erase_if(running_, [](const auto& entry) { return entry.second.expired(); });
  auto& entry = running_[address];
  auto found = entry.lock();
  if (found) return found;
  found = std::make_shared<NameQuery>(address);
  entry = found;
  try {
    found->start();
  } catch (const std::system_error& e) {
    std::rethrow_exception(resolve_failure(errc::unavailable, address, std::string("could not be asked for: ") + e.what()));
  }
  return found;
}

void Resolver::stop() {
  std::vector<std::shared_ptr<NameQuery>> queries;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& entry : running_)
      if (auto query = entry.second.lock()) queries.push_back(std::move(query));
  }
  for (const auto& query : queries) query->abandon();
}

static awaitable<Endpoints> found_at_once(Endpoints endpoints) { co_return endpoints; }

static awaitable<Endpoints> wait_for_name(std::shared_ptr<NameWaiter> waiter) {
  co_await detail::await_operation(waiter);
  co_return std::move(waiter->endpoints);
}

awaitable<Endpoints> Resolver::resolve(Address address, Deadline deadline) {
  if (auto endpoints = without_lookup(address)) return found_at_once(std::move(*endpoints));
  auto asked = query(address);
  return wait_for_name(std::make_shared<NameWaiter>(std::move(asked), deadlines_, std::move(address), deadline));
}

}  // namespace kinship::mongodb
