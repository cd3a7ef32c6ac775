// c-ares does retries, truncation (then it asks by TCP) and matching of answers to questions; its sockets are polled here,
// together with the descriptor that says stop. The system's resolv.conf is read on this thread, too.
#include "driver/mongodb/dns_lookup.hpp"

#define CARES_NO_DEPRECATED  // by later versions, which have other calls than 1.18
#include <ares.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <kinship/error.hpp>

#include "driver/mongodb/refuse.hpp"

namespace kinship::mongodb {
namespace {

constexpr int internet = 1, type_txt = 16, type_srv = 33;
constexpr int first_wait_ms = 2000, tries = 4;  // each try waits twice as long; the look-up's deadline is its caller's

[[noreturn]] void failed(const std::string& name, const std::string& what) {
  refuse(errc::unavailable, "DNS could not be asked for " + name + " (" + what +
                                "); check the name and the name servers, or use mongodb:// with the hosts");
}

/// c-ares's channel, ended with everything that is under way.
class AresChannel {
 public:
  explicit AresChannel(const DnsQuestion& question) {
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    ares_options options{};
    options.timeout = first_wait_ms;
    options.tries = tries;
    const int status =
        library != ARES_SUCCESS ? library : ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (status != ARES_SUCCESS) failed(question.service, ares_strerror(status));
    if (!question.server.empty()) ares_set_servers_ports_csv(channel_, question.server.c_str());
  }
  ~AresChannel() { ares_destroy(channel_); }
  AresChannel(const AresChannel&) = delete;

  ares_channel get() const noexcept { return channel_; }

 private:
  ares_channel channel_{};
};

/// One question and its reply.
struct Exchange {
  bool ended{};
  int status{};
  std::vector<unsigned char> bytes{};

  static void reply(void* self, int status, int, unsigned char* bytes, int size) {
    auto& exchange = *static_cast<Exchange*>(self);
    exchange.ended = true;
    exchange.status = status;
    if (bytes != nullptr && size > 0) exchange.bytes.assign(bytes, bytes + size);
  }
};

// Waits for c-ares's sockets or its next retry, and lets it go on. False: told to stop.
bool turn(ares_channel channel, int wake) {
  ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
  const int bits = ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
  pollfd polled[ARES_GETSOCK_MAXNUM + 1];
  polled[0] = {wake, POLLIN, 0};
  nfds_t count = 1;
  for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    short events = 0;
    if (ARES_GETSOCK_READABLE(bits, i)) events |= POLLIN;
    if (ARES_GETSOCK_WRITABLE(bits, i)) events |= POLLOUT;
    if (events != 0) polled[count++] = {sockets[i], events, 0};
  }
  timeval room{};
  const timeval* next = ares_timeout(channel, nullptr, &room);
  const int wait = next == nullptr ? 1000 : static_cast<int>(next->tv_sec * 1000 + next->tv_usec / 1000 + 1);
  const int ready = ::poll(polled, count, wait);
  if (polled[0].revents != 0) return false;
  if (ready <= 0) ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // time for a retry
  for (nfds_t i = 1; i < count && ready > 0; ++i)
    if (polled[i].revents != 0)
      ares_process_fd(channel, (polled[i].revents & ~POLLOUT) != 0 ? polled[i].fd : ARES_SOCKET_BAD,
                      (polled[i].revents & POLLOUT) != 0 ? polled[i].fd : ARES_SOCKET_BAD);
  return true;
}

bool is_nothing(int status) noexcept { return status == ARES_ENOTFOUND || status == ARES_ENODATA; }

}  // namespace

DnsLookup::DnsLookup(DnsQuestion question)
    : question_(std::move(question)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_ < 0) failed(question_.service, "the system gives no more descriptors");
}

DnsLookup::~DnsLookup() { ::close(wake_); }

void DnsLookup::stop() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

void DnsLookup::run() {
  Exchange service, text;
  const AresChannel channel(question_);
  ares_query(channel.get(), question_.service.c_str(), internet, type_srv, Exchange::reply, &service);
  if (question_.text.empty())
    text.ended = true, text.status = ARES_ENODATA;
  else
    ares_query(channel.get(), question_.text.c_str(), internet, type_txt, Exchange::reply, &text);
  while (!service.ended || !text.ended)
    if (!turn(channel.get(), wake_)) failed(question_.service, "stopped");
  if (!is_nothing(service.status)) {
    if (service.status != ARES_SUCCESS) failed(question_.service, ares_strerror(service.status));
    answer_ = read_srv_reply(service.bytes.data(), static_cast<int>(service.bytes.size()), question_.service);
  }
  if (is_nothing(text.status)) return;
  if (text.status != ARES_SUCCESS) failed(question_.text, ares_strerror(text.status));
  answer_.texts = read_txt_reply(text.bytes.data(), static_cast<int>(text.bytes.size()), question_.text);
}

}  // namespace kinship::mongodb
