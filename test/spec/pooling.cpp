// Threads of the format are coroutines that do their operations one after the other; the pool is used from one loop.
// Error messages are this driver's own: errors are compared by their kind.
#include "spec/pooling.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <deque>
#include <map>

#include "driver/mongodb/bson_read.hpp"
#include "driver/mongodb/pause.hpp"
#include "driver/mongodb/pool.hpp"
#include "spec/unified/operations.hpp"
#include "support/run.hpp"

namespace kinship::spec {
namespace {

using Clock = std::chrono::steady_clock;
using mongodb::PoolEvent;

constexpr const char* names[] = {"ConnectionPoolCreated", "ConnectionPoolReady",       "ConnectionPoolCleared",
                                 "ConnectionPoolClosed",  "ConnectionCreated",         "ConnectionReady",
                                 "ConnectionClosed",      "ConnectionCheckOutStarted", "ConnectionCheckOutFailed",
                                 "ConnectionCheckedOut",  "ConnectionCheckedIn"};

struct Told {
  std::string name{};
  std::uint64_t connection{};
  std::string reason{};
};

class Listener final : public mongodb::EventListener {
 public:
  std::vector<Told> events{};
  std::weak_ptr<mongodb::Pause> waiting{};

  void command(const mongodb::CommandEvent&) noexcept override {}
  void pool(const PoolEvent& event) noexcept override {
    events.push_back({names[static_cast<std::size_t>(event.kind)], event.connection, std::string(event.reason)});
    wake();
  }
  void wake() {
    if (const auto pause = waiting.lock()) pause->wake();
  }
};

/// A pool is cleared when a connection cannot be opened, as the topology does it.
class Clearing final : public mongodb::PoolObserver {
 public:
  std::weak_ptr<mongodb::Pool> pool{};
  void dial_failed(const mongodb::Address&, std::uint64_t, const std::exception_ptr&) override {
    if (const auto cleared = pool.lock()) cleared->clear("a connection could not be opened");
  }
  void late_reply(const mongodb::Address&, const mongodb::Message&) override {}
};

struct Thread {
  std::deque<Json> operations{};
  bool running{};
  std::exception_ptr failure{};
};

struct Case {
  std::shared_ptr<mongodb::Deadlines> deadlines{};
  std::shared_ptr<mongodb::Pool> pool{};
  std::shared_ptr<Listener> listener = std::make_shared<Listener>();
  std::map<std::string, Thread> threads{};
  std::map<std::string, mongodb::Lease> leases{};
  std::vector<mongodb::Lease> unnamed{};

  awaitable<void> wait(Deadline until) {
    auto pause = std::make_shared<mongodb::Pause>(deadlines, until);
    listener->waiting = pause;
    return paused(std::move(pause));
  }
  static awaitable<void> paused(std::shared_ptr<mongodb::Pause> pause) { co_await detail::await_operation(pause); }
  std::size_t count(const std::string& name) const {
    return static_cast<std::size_t>(
        std::count_if(listener->events.begin(), listener->events.end(), [&](const Told& e) { return e.name == name; }));
  }
};

// A failure of the pool's is kept as such: the test may expect it.
awaitable<void> check_out(Case* self, Json operation) {
  mongodb::Lease lease = self->pool->try_checkout();
  if (!lease) lease = co_await self->pool->checkout("checkOut", Clock::now() + std::chrono::seconds(20));
  if (operation.contains("label"))
    self->leases[operation.at("label")] = std::move(lease);
  else
    self->unnamed.push_back(std::move(lease));
}

awaitable<void> wait_for_event(Case* self, Json operation) {
  const std::string name = operation.at("event");
  const auto until = Clock::now() + std::chrono::milliseconds(operation.value("timeout", 10'000));
  while (self->count(name) < operation.at("count").get<std::size_t>()) {
    if (Clock::now() >= until) throw std::runtime_error("waited in vain for " + operation.dump());
    co_await self->wait(until);
  }
}

awaitable<void> wait_for_thread(Case* self, Json operation) {
  const auto until = Clock::now() + std::chrono::seconds(20);
  Thread& thread = self->threads[operation.at("target")];
  while (thread.running && Clock::now() < until) co_await self->wait(until);
  if (thread.failure) std::rethrow_exception(std::exchange(thread.failure, nullptr));
}

awaitable<void> do_one(Case* self, Json operation) {
  const std::string name = operation.at("name");
  if (name == "ready") {
    self->pool->ready();
    self->pool->warm();
  } else if (name == "clear") {
    self->pool->clear("the test says so", operation.value("interruptInUseConnections", false));
  } else if (name == "close") {
    self->pool->close();
  } else if (name == "checkIn") {
    self->leases.erase(operation.at("connection").get<std::string>());
  } else if (name == "checkOut") {
    co_await check_out(self, std::move(operation));
  } else if (name == "waitForEvent") {
    co_await wait_for_event(self, std::move(operation));
  } else if (name == "waitForThread") {
    co_await wait_for_thread(self, std::move(operation));
  } else if (name == "wait") {
    const auto pause =
        std::make_shared<mongodb::Pause>(self->deadlines, Clock::now() + std::chrono::milliseconds(operation.at("ms")));
    co_await Case::paused(pause);
  } else if (name != "start") {
    throw Skip{"the operation " + name + " is not known"};
  }
}

awaitable<void> do_thread(Case* self, std::string name) {
  Thread& thread = self->threads[name];
  while (!thread.operations.empty()) {
    Json operation = thread.operations.front();
    thread.operations.pop_front();
    try {
      co_await do_one(self, std::move(operation));
    } catch (...) {
      thread.failure = std::current_exception();
    }
  }
  thread.running = false;
  self->listener->wake();
}

std::string error_type(const error& e) {
  if (e.code() == errc::timeout) return "WaitQueueTimeoutError";
  return std::string(e.what()).find("was closed") != std::string::npos ? "PoolClosedError" : "PoolClearedError";
}

std::string mismatch_of(const Json& wanted, const Told& got) {
  if (wanted.at("type") != got.name) return "is " + got.name + ", should be " + wanted.dump();
  if (wanted.contains("reason") && wanted.at("reason") != got.reason)
    return "has the reason '" + got.reason + "', should be " + wanted.dump();
  const std::uint64_t id = wanted.value("connectionId", std::uint64_t{42});
  if (wanted.contains("connectionId") && (id == 42 ? got.connection == 0 : got.connection != id))
    return "is of connection " + std::to_string(got.connection) + ", should be " + wanted.dump();
  return "";
}

void check_events(const Case& self, const Json& test) {
  std::vector<Told> told;
  const Json ignored = test.value("ignore", Json::array());
  for (const Told& event : self.listener->events)
    if (std::find(ignored.begin(), ignored.end(), event.name) == ignored.end()) told.push_back(event);
  const Json& wanted = test.at("events");
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i >= told.size()) throw std::runtime_error("event " + std::to_string(i) + " is missing: " + wanted[i].dump());
    if (const auto why = mismatch_of(wanted[i], told[i]); !why.empty())
      throw std::runtime_error("event " + std::to_string(i) + " " + why);
  }
}

awaitable<void> operations_of(Case* self, const Json* test) {
  const auto executor = co_await boost::asio::this_coro::executor;
  for (const Json& operation : test->at("operations")) {
    Json one = operation;
    if (!operation.contains("thread")) {
      co_await do_one(self, std::move(one));
      continue;
    }
    const std::string name = operation.at("thread");
    Thread& thread = self->threads[name];
    thread.operations.push_back(std::move(one));
    if (std::exchange(thread.running, true)) continue;
    boost::asio::co_spawn(executor, do_thread(self, name), boost::asio::detached);
  }
}

awaitable<void> checked_operations(Case* self, const Json* test) {
  std::string failed;
  try {
    co_await operations_of(self, test);
  } catch (const error& e) {
    failed = error_type(e) + ": " + e.what();
  }
  const Json wanted = test->value("error", Json());
  if (!wanted.is_null() && !failed.starts_with(wanted.at("type").get<std::string>()))
    throw std::runtime_error("should fail with " + wanted.dump() + ", but " + (failed.empty() ? "did not" : failed));
  if (wanted.is_null() && !failed.empty()) throw std::runtime_error(failed);
  check_events(*self, *test);
}

awaitable<void> fail_point(mongodb::MongoUri uri, bson::Document command) {
  World world(co_await boost::asio::this_coro::executor, std::move(uri));
  const ClientPtr client = world.new_client("admin", nullptr, Json::object());
  OperationContext context;
  co_await mongodb::run_command(client, std::move(command), std::move(context));
  co_await mongodb::Client::close(client, Clock::now() + std::chrono::seconds(2));
}

mongodb::MongoUri with_options(mongodb::MongoUri uri, const Json& test) {
  std::string query;
  const Json options = test.value("poolOptions", Json::object());
  for (const auto& [name, value] : options.items()) {
    if (name == "backgroundThreadIntervalMS") continue;  // there is no such thread: what is due is done at once
    query += (query.empty() ? "" : "&") + name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  mongodb::read_uri_options(query, uri.options, uri.warnings);
  return uri;
}

awaitable<void> run_case(mongodb::MongoUri uri, const Json* test) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Case self;
  self.deadlines = std::make_shared<mongodb::Deadlines>(executor);
  const mongodb::Address address = uri.hosts.at(0);
  const auto kept = std::make_shared<const mongodb::MongoUri>(with_options(std::move(uri), *test));
  const auto dialer = std::make_shared<mongodb::Dialer>(executor, self.deadlines, kept);
  const auto observer = std::make_shared<Clearing>();
  self.pool = std::make_shared<mongodb::Pool>(dialer, address, mongodb::pool_limits(kept->options), observer, self.listener);
  observer->pool = self.pool;
  std::exception_ptr failure;
  try {
    co_await checked_operations(&self, test);
  } catch (...) {
    failure = std::current_exception();
  }
  self.pool->close();
  self.leases.clear();
  self.unnamed.clear();
  const auto until = Clock::now() + std::chrono::seconds(5);
  for (const auto& [name, thread] : self.threads)
    while (thread.running && Clock::now() < until) co_await self.wait(until);
  self.leases.clear();
  self.unnamed.clear();
  dialer->stop();
  self.deadlines->stop();  // a log-in off the loop may hold them a moment longer than the loop lives
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

void run_pool_case(const mongodb::MongoUri& uri, const Json& test) {
  if (!test.contains("failPoint")) return test::run(run_case(uri, &test));
  bson::Document on = from_extended_json(test.at("failPoint"));
  test::run(fail_point(uri, std::move(on)));
  std::exception_ptr failure;
  try {
    test::run(run_case(uri, &test));
  } catch (...) {
    failure = std::current_exception();
  }
  bson::Document off = from_extended_json(Json::parse(R"({"configureFailPoint": "failCommand", "mode": "off"})"));
  test::run(fail_point(uri, std::move(off)));
  if (failure) std::rethrow_exception(failure);
}

}  // namespace kinship::spec
