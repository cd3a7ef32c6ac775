// One coroutine per server, from start to stop, by the specification "Server Monitoring". It waits in three places, each of
// which stop() ends: the name, the socket, the pause between checks.
#include "driver/mongodb/monitor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdlib>

#include <kinship/error.hpp>

namespace kinship::mongodb {

using Clock = std::chrono::steady_clock;

namespace {

/// The least time between two checks, whoever asks.
constexpr std::chrono::milliseconds least_interval(500);

// Functions as a service are frozen between calls: a stream would only look broken afterwards.
bool is_function_as_service() {
  const char* runtime = std::getenv("AWS_EXECUTION_ENV");
  if (runtime != nullptr && std::string_view(runtime).substr(0, 11) == "AWS_Lambda_") return true;
  for (const char* name : {"AWS_LAMBDA_RUNTIME_API", "FUNCTIONS_WORKER_RUNTIME", "K_SERVICE", "FUNCTION_NAME", "VERCEL"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

bool may_stream(const UriOptions& options) {
  const MonitoringMode mode = options.server_monitoring_mode.value_or(MonitoringMode::automatic);
  return mode == MonitoringMode::stream || (mode == MonitoringMode::automatic && !is_function_as_service());
}

}  // namespace

Monitor::Monitor(std::shared_ptr<Dialer> dialer, Address address, Heard heard)
    : dialer_(std::move(dialer)),
      address_(std::move(address)),
      heartbeat_(dialer_->uri().options.heartbeat_frequency.value_or(std::chrono::seconds(10))),
      may_stream_(may_stream(dialer_->uri().options)),
      line_(std::make_shared<MonitorLine>(dialer_, address_)),
      round_trips_(std::make_shared<RoundTrips>(dialer_, address_)),
      heard_(std::move(heard)) {}

void Monitor::start() { boost::asio::co_spawn(dialer_->executor(), run(shared_from_this()), boost::asio::detached); }

void Monitor::stop() {
  Heard heard;
  {
    const std::lock_guard lock(mutex_);
    heard.swap(heard_);
  }
  line_->stop();
  round_trips_->stop();
}

RoundTripTime::Duration Monitor::least_round_trip() const { return round_trips_->minimum(); }

void Monitor::check_now() { line_->wake(); }

void Monitor::cancel_check() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  line_->cut();
  line_->wake();
}

void Monitor::tell(MonitorNews news) {
  Heard heard;
  {
    const std::lock_guard lock(mutex_);
    heard = heard_;
  }
  if (heard) heard(std::move(news));
}

awaitable<MonitorNews> Monitor::check(std::shared_ptr<Monitor> self) {
  const auto began = Clock::now();
  {
    const std::lock_guard lock(self->mutex_);
    self->cancelled_ = false;
  }
  MonitorNews news;
  const bool greeting = !self->line_->connected();
  try {
    news.description = co_await MonitorLine::listen(self->line_, self->may_stream_);
    if (greeting)
      self->round_trips_->guess(Clock::now() - began);
    else if (!self->line_->waited())
      self->round_trips_->add(Clock::now() - began);
  } catch (const error& e) {
    news.description = unknown_server(self->address_, e.sentence());
    news.lost = true;
    news.timed_out = e.code() == errc::timeout;
    self->round_trips_->reset();
  }
  news.description.round_trip = self->round_trips_->average();
  news.description.updated = Clock::now();
  co_return news;
}

awaitable<void> Monitor::run(std::shared_ptr<Monitor> self) {
  std::optional<TopologyVersion> last;
  bool known = false;  // the server was, at the last check
  while (!self->line_->stopped()) {
    const auto began = Clock::now();
    MonitorNews news = co_await check(self);
    const auto ended = Clock::now();
    bool cancelled = false;
    {
      const std::lock_guard lock(self->mutex_);
      cancelled = self->cancelled_ && news.lost;
    }
    const bool lost_now = news.lost && known && !cancelled;
    known = news.description.type != ServerType::unknown;
    const bool streams = known && self->may_stream_ && self->line_->may_stream();
    // Whoever has nothing to say and says so at once does not wait for changes: it is asked at intervals.
    const bool idle_talk =
        self->line_->waited() && news.description.topology_version == last && ended - began < self->heartbeat_ / 2;
    last = news.description.topology_version;
    if (!cancelled) self->tell(std::move(news));
    if (streams) self->round_trips_->start();
    if (lost_now || (streams && !idle_talk)) continue;
    co_await MonitorLine::rest(self->line_, (cancelled ? began : ended) + least_interval, false);
    co_await MonitorLine::rest(self->line_, ended + self->heartbeat_, true);
  }
}

}  // namespace kinship::mongodb
