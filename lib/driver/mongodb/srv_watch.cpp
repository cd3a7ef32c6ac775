// A look-up that fails, or names no host that may be used, changes nothing; the next comes a heartbeat later.
// stop() ends both waits: the pause, and the look-up's thread.
#include "driver/mongodb/srv_watch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <random>

#include "driver/mongodb/deployment.hpp"
#include "driver/mongodb/off_loop.hpp"

namespace kinship::mongodb {

using Clock = std::chrono::steady_clock;

namespace {

/// The thread of a look-up ends when nobody waits for it any more.
class StopAtEnd {
 public:
  explicit StopAtEnd(std::shared_ptr<DnsLookup> lookup) : lookup_(std::move(lookup)) {}
  ~StopAtEnd() { lookup_->stop(); }
  StopAtEnd(const StopAtEnd&) = delete;

 private:
  const std::shared_ptr<DnsLookup> lookup_;
};

/// Deadlines without a client. The look-up's thread may hold them a moment longer than the loop lives: their timer goes
/// first.
class OwnDeadlines {
 public:
  explicit OwnDeadlines(const boost::asio::any_io_executor& executor) : deadlines_(std::make_shared<Deadlines>(executor)) {}
  ~OwnDeadlines() { deadlines_->stop(); }
  OwnDeadlines(const OwnDeadlines&) = delete;
  const std::shared_ptr<Deadlines>& get() const noexcept { return deadlines_; }

 private:
  const std::shared_ptr<Deadlines> deadlines_;
};

DnsQuestion srv_question(const MongoUri& uri, const SrvSettings& settings, bool with_text) {
  DnsQuestion question;
  question.service = srv_query(uri);
  if (with_text) question.text = uri.srv_name;
  question.server = settings.server;
  return question;
}

Deadline srv_deadline(const MongoUri& uri) {
  const auto limit = uri.options.connect_timeout.value_or(std::chrono::seconds(10));
  return limit.count() == 0 ? no_deadline : Clock::now() + limit;
}

awaitable<DnsAnswer> look_up(std::shared_ptr<DnsLookup> lookup, std::string name, std::shared_ptr<Deadlines> deadlines,
                             Deadline deadline) {
  const StopAtEnd stop(lookup);
  OffLoop::Texts texts;
  texts.cancelled = "connect to mongodb+srv://" + name + " was given up while DNS was asked";
  texts.late = "connect to mongodb+srv://" + name +
               ": DNS did not answer within connectTimeoutMS; check the name servers, or use mongodb:// with the hosts";
  const std::shared_ptr<OffLoop> work = OffLoop::begin([lookup] { lookup->run(); }, OffLoop::AtExit::leave);
  co_await work->wait(std::move(deadlines), std::move(texts), deadline);
  co_return lookup->answer();
}

}  // namespace

std::size_t random_place(std::size_t end) {
  thread_local std::mt19937 random{std::random_device{}()};
  return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
}

awaitable<DnsAnswer> ask_for_hosts(MongoUri uri, SrvSettings settings) {
  const OwnDeadlines deadlines(co_await boost::asio::this_coro::executor);
  const auto lookup = std::make_shared<DnsLookup>(srv_question(uri, settings, true));
  co_return co_await look_up(lookup, uri.srv_name, deadlines.get(), srv_deadline(uri));
}

SrvWatch::SrvWatch(boost::asio::any_io_executor executor, std::shared_ptr<Deadlines> deadlines,
                   std::shared_ptr<const MongoUri> uri, SrvSettings settings, std::weak_ptr<Deployment> deployment)
    : executor_(std::move(executor)),
      deadlines_(std::move(deadlines)),
      uri_(std::move(uri)),
      settings_(std::move(settings)),
      deployment_(std::move(deployment)) {}

void SrvWatch::start(std::chrono::seconds time_to_live) {
  boost::asio::co_spawn(executor_, run(shared_from_this(), srv_rescan(time_to_live, settings_.least_wait)),
                        boost::asio::detached);
}

void SrvWatch::stop() {
  std::shared_ptr<Pause> pause;
  std::shared_ptr<DnsLookup> lookup;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    pause = pause_;
    lookup = lookup_;
  }
  if (pause) pause->wake();
  if (lookup) lookup->stop();
}

SrvWatch::Wait SrvWatch::heartbeat() const {
  return std::min<Wait>(uri_->options.heartbeat_frequency.value_or(std::chrono::seconds(10)), settings_.least_wait);
}

bool SrvWatch::wanted() const {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
  }
  const auto deployment = deployment_.lock();
  return deployment && deployment->takes_seeds();
}

std::shared_ptr<DnsLookup> SrvWatch::new_lookup() {
  auto lookup = std::make_shared<DnsLookup>(srv_question(*uri_, settings_, false));
  const std::lock_guard lock(mutex_);
  if (stopped_) lookup->stop();
  lookup_ = lookup;
  return lookup;
}

awaitable<void> SrvWatch::rest(std::shared_ptr<SrvWatch> self, Wait wait) {
  const auto pause = std::make_shared<Pause>(self->deadlines_, Clock::now() + wait);
  {
    const std::lock_guard lock(self->mutex_);
    if (self->stopped_) co_return;
    self->pause_ = pause;
  }
  co_await detail::await_operation(pause);
  const std::lock_guard lock(self->mutex_);
  self->pause_.reset();
}

awaitable<SrvWatch::Wait> SrvWatch::ask(std::shared_ptr<SrvWatch> self, std::shared_ptr<DnsLookup> lookup) {
  const DnsAnswer answer =
      co_await look_up(std::move(lookup), self->uri_->srv_name, self->deadlines_, srv_deadline(*self->uri_));
  std::vector<std::string> outside;
  std::vector<Address> hosts = allowed_servers(*self->uri_, answer.records, outside);
  if (hosts.empty() || !self->wanted()) co_return self->heartbeat();
  for (std::size_t i = 0; i < hosts.size(); ++i) std::swap(hosts[i], hosts[i + random_place(hosts.size() - i)]);
  const auto most = static_cast<std::size_t>(self->uri_->options.srv_max_hosts.value_or(0));
  if (const auto deployment = self->deployment_.lock()) deployment->seed(std::move(hosts), most);
  co_return srv_rescan(answer.time_to_live, self->settings_.least_wait);
}

awaitable<void> SrvWatch::run(std::shared_ptr<SrvWatch> self, Wait wait) {
  for (;;) {
    co_await rest(self, wait);
    if (!self->wanted()) co_return;
    try {
      std::shared_ptr<DnsLookup> lookup = self->new_lookup();
      wait = co_await ask(self, std::move(lookup));
    } catch (const error&) {
      wait = self->heartbeat();
    }
  }
}

}  // namespace kinship::mongodb
