// getaddrinfo on a thread, shared by everyone who asks for the same name at the same time.
// What is a number or a path already goes to nobody.
#include "driver/mongodb/resolver.hpp"

#include <netdb.h>
#include <sys/un.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <optional>

#include "driver/mongodb/channel_task.hpp"
#include "driver/mongodb/off_loop.hpp"

namespace kinship::mongodb {

namespace asio = boost::asio;

namespace {

std::string name_text(const Address& address, const std::string& what) {
  return "connect to " + address.text() + ": the name " + what + "; check the host in the URI, and DNS";
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

// AI_ADDRCONFIG leaves ::1 out where no other address is an IPv6 one.
int flags_for(const std::string& host) { return host == "localhost" || host.ends_with(".localhost") ? 0 : AI_ADDRCONFIG; }

Endpoints look_up(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags_for(address.host);
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  Endpoints found;
  if (code == 0) {
    found = endpoints_of(list);
    ::freeaddrinfo(list);
  }
  if (!found.empty()) return found;
  ErrorContext context;
  context.operation = "connect";
  const char* why = code != 0 ? ::gai_strerror(code) : "none";
  throw NetworkError(errc::unavailable, name_text(address, std::string("has no address (") + why + ")"), std::move(context));
}

}  // namespace

/// One getaddrinfo.
struct NameQuery {
  std::shared_ptr<OffLoop> work{};
  Endpoints endpoints{};  // when the work has ended
};

Resolver::~Resolver() = default;

std::shared_ptr<NameQuery> Resolver::query(const Address& address) {
  const std::lock_guard lock(mutex_);
  std::erase_if(running_, [](const auto& entry) { return entry.second.expired(); });
  auto& entry = running_[address];
  auto found = entry.lock();
  if (found) return found;
  found = std::make_shared<NameQuery>();
  found->work = OffLoop::begin([found, address] { found->endpoints = look_up(address); }, OffLoop::AtExit::leave);
  entry = found;
  return found;
}

void Resolver::stop() {
  std::vector<std::shared_ptr<NameQuery>> queries;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& entry : running_)
      if (auto query = entry.second.lock()) queries.push_back(std::move(query));
  }
  for (const auto& query : queries) query->work->abandon();
}

static awaitable<Endpoints> found_at_once(Endpoints endpoints) { co_return endpoints; }

static awaitable<Endpoints> wait_for_name(std::shared_ptr<NameQuery> query, std::shared_ptr<Deadlines> deadlines,
                                          Address address, Deadline deadline) {
  OffLoop::Texts texts;
  texts.cancelled = "connect to " + address.text() + " was cancelled";
  texts.late = name_text(address, "was not resolved in time");
  co_await query->work->wait(std::move(deadlines), std::move(texts), deadline);
  co_return query->endpoints;
}

awaitable<Endpoints> Resolver::resolve(Address address, Deadline deadline) {
  if (auto endpoints = without_lookup(address)) return found_at_once(std::move(*endpoints));
  auto asked = query(address);
  return wait_for_name(std::move(asked), deadlines_, std::move(address), deadline);
}

}  // namespace kinship::mongodb
