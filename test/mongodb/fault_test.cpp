// Every operation with a faulty network between driver and server: no hang, no wrong result, and an error that names the
// host and the operation. The proxy decides by command and number, so each run does the same.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <kinship/error.hpp>

#include "driver/mongodb/driver.hpp"
#include "mongodb/store_calls.hpp"
#include "store/fixture.hpp"
#include "support/fault_proxy.hpp"
#include "support/mongodb_uri.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

/// What came of one call.
struct Ran {
  std::string result{};
  boost::system::error_code code{};
  std::string text{};
  Outcome outcome{};
};

struct Case {
  const StoreCall* call{};
  Fault fault{};  // of the first reply to the call's command
  std::string options{};
  bool every_reply{};  // of every reply to anything
  Ran ran{};
  std::string address{};
  std::size_t length{};  // of the reply
};

const std::string& database() {
  static const std::string name = "faults" + std::to_string(::getpid());
  return name;
}

awaitable<void> run_case(Case* test, std::string collection) {
  std::atomic<bool> armed{false}, fired{false};
  FaultProxy proxy(mongodb_server(), [&, test](const std::string& command, int) {
    if (test->every_reply) return test->fault;
    if (!armed || fired || command != test->call->command) return Fault();
    fired = true;
    return test->fault;
  });
  test->address = proxy.address();
  const std::string uri = proxy.uri(database(), test->options);
  const std::shared_ptr<Driver> driver = co_await open_mongodb(uri);
  co_await fill_for_calls(driver, collection);
  armed = true;
  try {
    test->ran.result = co_await test->call->run(driver, collection);
  } catch (const error& e) {
    test->ran.code = e.code();
    test->ran.text = e.what();
    test->ran.outcome = e.outcome();
  }
  test->length = proxy.reply_length(test->call->command);
  co_await driver->close(Clock::now() + 1s);
}

/// Side by side, each with a proxy, a client and a collection of its own.
void run_cases(std::vector<Case>& cases) {
  static int number = 0;
  constexpr std::size_t together = 24;
  for (std::size_t at = 0; at < cases.size(); at += together) {
    std::vector<awaitable<void>> tasks;
    for (std::size_t i = at; i < std::min(at + together, cases.size()); ++i)
      tasks.push_back(run_case(&cases[i], "c" + std::to_string(++number)));
    run_all(std::move(tasks));
  }
}

Case plain(const StoreCall& call) {
  Case test;
  test.call = &call;
  return test;
}

/// What each call gives on a good network.
std::vector<Case> without_faults() {
  std::vector<Case> cases;
  for (const StoreCall& call : store_calls()) cases.push_back(plain(call));
  run_cases(cases);
  for (const Case& test : cases) {
    CHECK_MESSAGE(!test.ran.code, test.call->name, ": ", test.ran.text);
    CHECK(test.length > 16);
  }
  return cases;
}

// The first bytes one by one, then some in between, then the last ones.
std::vector<std::size_t> cuts_of(std::size_t length) {
  std::vector<std::size_t> cuts;
  for (std::size_t at = 0; at < length; ++at)
    if (at < 24 || at + 3 > length || at % 11 == 0) cuts.push_back(at);
  return cuts;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void check_error(const Case& test) {
  CHECK_MESSAGE(has(test.ran.text, test.address), test.ran.text);
  CHECK_MESSAGE(has(test.ran.text, test.call->command), test.ran.text);
}

const std::string no_retries = "retryReads=false&retryWrites=false";

}  // namespace

TEST_CASE("a reply cut off at any byte is an error with host and operation, never a wrong result") {
  std::vector<Case> expected = without_faults(), cases;
  for (const Case& good : expected)
    for (const std::size_t at : cuts_of(good.length)) {
      Case test = plain(*good.call);
      test.fault = Fault::cut(at);
      test.options = no_retries;
      cases.push_back(test);
    }
  run_cases(cases);
  std::size_t failed = 0;
  for (const Case& test : cases) {
    CAPTURE(test.call->name);
    CAPTURE(test.fault.bytes);
    const Case& good = expected[static_cast<std::size_t>(test.call - store_calls().data())];
    if (!test.ran.code) {
      CHECK(test.ran.result == good.ran.result);
      CHECK(std::string(test.call->name) == "commit");  // which is tried again whatever the options say
      continue;
    }
    ++failed;
    check_error(test);
    const std::string name = test.call->name;
    const bool write =
        name == "insert" || name.starts_with("update") || name.starts_with("delete") || name == "find and modify";
    CHECK(test.ran.outcome ==
          (write || name == "index" || name == "drop" || name == "command" ? Outcome::unknown : Outcome::not_applied));
  }
  CHECK(failed > cases.size() / 2);
}

TEST_CASE("what may be tried again is, once, and gives the right result") {
  std::vector<Case> expected = without_faults(), cases;
  for (const Case& good : expected)
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, good.length / 2, good.length - 1}) {
      Case test = plain(*good.call);
      test.fault = Fault::cut(at);
      cases.push_back(test);
    }
  run_cases(cases);
  for (const Case& test : cases) {
    CAPTURE(test.call->name);
    CAPTURE(test.fault.bytes);
    CAPTURE(test.ran.text);
    const Case& good = expected[static_cast<std::size_t>(test.call - store_calls().data())];
    CHECK(!test.ran.code == test.call->retried);
    if (!test.ran.code) CHECK(test.ran.result == good.ran.result);
    if (test.ran.code) check_error(test);
  }
}

TEST_CASE("in single bytes, and late, everything is as it is otherwise") {
  std::vector<Case> expected = without_faults();
  for (const Fault& fault : {Fault::pieces(1), Fault::pieces(7), Fault::late(15)}) {
    std::vector<Case> cases;
    for (const StoreCall& call : store_calls()) {
      cases.push_back(plain(call));
      cases.back().fault = fault;
      cases.back().every_reply = true;
    }
    run_cases(cases);
    for (std::size_t i = 0; i < cases.size(); ++i) {
      CAPTURE(cases[i].call->name);
      CAPTURE(cases[i].ran.text);
      CHECK(!cases[i].ran.code);
      CHECK(cases[i].ran.result == expected[i].ran.result);
    }
  }
}

TEST_CASE("a reply that never comes ends at the socket's time, with host, operation and time") {
  std::vector<Case> cases;
  for (const StoreCall& call : store_calls()) {
    cases.push_back(plain(call));
    cases.back().fault = Fault::swallow();
    cases.back().options = no_retries + "&socketTimeoutMS=200";
  }
  const auto began = Clock::now();
  run_cases(cases);
  CHECK(Clock::now() - began < 20s);
  for (const Case& test : cases) {
    CAPTURE(test.call->name);
    CAPTURE(test.ran.text);
    if (!test.ran.code) {
      CHECK(std::string(test.call->name) == "commit");  // a slow reply is a network error: it is tried again, too
      continue;
    }
    check_error(test);
    CHECK(has(test.ran.text, " ms"));
  }
}

TEST_CASE("a network that dies after k replies loses no document it has acknowledged") {
  for (int k = 0; k < 24; k += 3) {
    CAPTURE(k);
    std::atomic<int> left{k};
    std::atomic<bool> dead{false}, armed{false};
    FaultProxy proxy(mongodb_server(), [&](const std::string& command, int) {
      if (!armed || command == "hello" || command == "isMaster") return Fault();
      if (left-- <= 0) dead = true;
      return dead ? Fault::cut(0) : Fault();
    });
    const std::string collection = "k" + std::to_string(k);
    auto work = [&]() -> awaitable<void> {
      const std::string uri = proxy.uri(database(), "");
      const std::shared_ptr<Driver> driver = co_await open_mongodb(uri);
      armed = true;
      int acknowledged = 0, failed = 0;
      for (int i = 0; i < 40 && failed == 0; ++i) {
        WriteOperation operation;
        operation.collection = collection;
        operation.items.push_back(insert_item(doc("_id", i)));
        try {
          const WriteReply reply = co_await driver->write(std::move(operation));
          acknowledged += static_cast<int>(reply.inserted);
        } catch (const error& e) {
          ++failed;
          CHECK(e.code() == errc::unavailable);
          CHECK(has(e.what(), proxy.address()));
        }
      }
      CHECK(failed == 1);
      CHECK(acknowledged == k);
      armed = false;  // the network is back
      CountOperation count;
      count.collection = collection;
      const std::uint64_t counted = co_await driver->count(std::move(count));
      CHECK(counted >= static_cast<std::uint64_t>(acknowledged));
      CHECK(counted <= static_cast<std::uint64_t>(acknowledged) + 1);  // the one whose outcome is unknown
      co_await driver->close(Clock::now() + 1s);
    };
    run(work());
  }
}
