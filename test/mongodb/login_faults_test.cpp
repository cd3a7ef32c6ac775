// Log-ins against a scripted server: what is asked when, and every way in which a server can get it wrong.
// Each mistake ends in an error with host and mechanism, without password, and none leaves anybody waiting.
#include <doctest/doctest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <ctime>

#include "driver/mongodb/bson_read.hpp"
#include "mongodb/fake_server.hpp"
#include "mongodb/opened.hpp"
#include "mongodb/scram_server.hpp"
#include "support/race.hpp"
#include "support/says.hpp"

using namespace kinship;
using namespace kinship::test;
using namespace std::chrono_literals;
using mongodb::ScramHash;

namespace {

using Clock = std::chrono::steady_clock;

void answer_finds(Peer& peer) {
  while (peer.answer(cursor_of(7))) {
  }
}

/// One log-in at a time: a server that answers the speculative first message.
class ScramFake {
 public:
  explicit ScramFake(ScramMistakes mistakes = {}) : scram_(ScramHash::sha256, mistakes), server_(script(), options()) {}

  std::string uri(const std::string& more = "", const std::string& credential = "user:pencil") const {
    return server_.uri("directConnection=true&maxPoolSize=1&authSource=admin&serverSelectionTimeoutMS=1000" + more,
                       credential);
  }
  FakeServer* operator->() { return &server_; }
  int monitors() const { return monitors_; }

 private:
  FakeServer::Script script() {
    return [this](Peer& peer, int) {
      if (scram_.finish(peer)) answer_finds(peer);
    };
  }
  FakeOptions options() {
    FakeOptions options;
    options.more_in_hello = [this](bson::DocumentView hello) {
      const auto start = mongodb::read_document(hello["speculativeAuthenticate"]);
      if (start.empty()) ++monitors_;
      if (start.empty()) return bson::Document();
      return doc("speculativeAuthenticate", scram_.first(start));
    };
    return options;
  }

  ScramServer scram_;
  std::atomic<int> monitors_{0};
  FakeServer server_;
};

/// What opening and finding something throws. Nothing that is secret may be in it.
std::string failure(const std::string& uri, errc code) {
  std::string text;
  const auto found = code_of([&] { Opened(uri).find_one(); }, &text);
  CHECK_MESSAGE(found == code, text);
  for (const char* secret : {"pencil", "hunter2"}) CHECK_MESSAGE(text.find(secret) == std::string::npos, text);
  CHECK_MESSAGE(text.find("127.0.0.1:") != std::string::npos, text);
  return text;
}

}  // namespace

TEST_CASE("a log-in takes one exchange beside hello, and monitors do without") {
  ScramFake fake;
  const Opened db(fake.uri());
  CHECK(db.find_one() == 7);
  CHECK(fake->connections() == 1);
  CHECK(fake.monitors() > 0);
}

TEST_CASE("a server that wants the empty exchange gets it") {
  ScramMistakes mistakes;
  mistakes.asks_for_empty = true;
  ScramFake fake(mistakes);
  CHECK(Opened(fake.uri()).find_one() == 7);
}

TEST_CASE("a server that does not speculate is asked step by step, with the hash its user has") {
  for (const ScramHash hash : {ScramHash::sha1, ScramHash::sha256}) {
    const char* const name = mongodb::mechanism_name(hash);
    CAPTURE(name);
    std::atomic<bool> asked{false};
    FakeOptions options;
    options.more_in_hello = [&](bson::DocumentView hello) {
      if (hello["saslSupportedMechs"].missing()) return bson::Document();
      asked = mongodb::read_text(hello["saslSupportedMechs"]) == "admin.user";
      return doc("saslSupportedMechs", array(std::string(name)));
    };
    FakeServer server(
        [&](Peer& peer, int) {
          ScramServer scram(hash);
          const Bytes start = peer.receive();
          if (start.empty() || mongodb::read_text(command_of(start)["mechanism"]) != name) return;
          CHECK(mongodb::read_text(command_of(start)["$db"]) == "admin");
          if (peer.send(reply_to(id_of(start), scram.first(command_of(start)))) && scram.finish(peer)) answer_finds(peer);
        },
        options);
    CHECK(Opened(server.uri("directConnection=true&authSource=admin", "user:pencil")).find_one() == 7);
    CHECK(asked);
  }
}

TEST_CASE("a server that does not keep to SCRAM is refused") {
  const auto refused = [](ScramMistakes mistakes, const char* why) {
    ScramFake fake(mistakes);
    const std::string text = failure(fake.uri(), errc::unauthorized);
    says(text, why);
    says(text, "SCRAM-SHA-256");
  };
  refused({.wrong_signature = true}, "does not know this user's password");
  refused({.other_nonce = true}, "nonce");
  refused({.iterations = "4095"}, "iteration count");
  refused({.iterations = "1000001"}, "iteration count");
  refused({.iterations = "2000000000"}, "iteration count");
  refused({.iterations = ""}, "iteration count");
  refused({.cut_off = true}, "SCRAM authentication is wrong");
  refused({.no_conversation = true}, "conversationId");
  refused({.ends_at_once = true}, "before it proved");
  refused({.never_ends = true}, "does not end");
}

TEST_CASE("what a server says to a wrong password is not repeated") {
  ScramFake fake;
  const auto began = Clock::now();
  const std::string text = failure(fake.uri("&serverSelectionTimeoutMS=30000", "user:hunter2"), errc::unauthorized);
  says(text, "was refused (AuthenticationFailed)");
  says(text, "authSource");
  CHECK(Clock::now() - began < 10s);
}

TEST_CASE("errors that are not about the user are not called so") {
  const auto ends = [](bson::Document answer, errc code) {
    FakeServer server([&](Peer& peer, int) { peer.answer(answer); });
    return failure(server.uri("directConnection=true&serverSelectionTimeoutMS=500", "user:pencil"), code);
  };
  says(ends(doc("ok", 0.0, "code", 91, "codeName", "ShutdownInProgress"), errc::unavailable), "ShutdownInProgress");
  says(ends(doc("ok", 0.0, "code", 334, "codeName", "MechanismUnavailable"), errc::unauthorized), "leave out authMechanism");
  says(ends(doc("ok", 1.0), errc::unauthorized), "conversationId");
  says(ends(doc("ok", 1.0, "conversationId", 1, "payload", 5, "done", false), errc::unauthorized), "payload");
}

TEST_CASE("a server that goes away in a log-in is unavailable, wherever it goes") {
  for (const int step : {0, 1}) {
    CAPTURE(step);
    FakeServer server([step](Peer& peer, int) {
      ScramServer scram(ScramHash::sha1);
      const Bytes start = peer.receive();
      if (step == 1 && !start.empty() && peer.send(reply_to(id_of(start), scram.first(command_of(start))))) peer.receive();
    });
    const std::string text =
        failure(server.uri("directConnection=true&serverSelectionTimeoutMS=500", "user:pencil"), errc::unavailable);
    says(text, "closed the connection");
  }
}

TEST_CASE("a log-in that is refused ends everyone who waits for a connection, at once") {
  std::atomic<bool> release{false};
  FakeServer server([&](Peer& peer, int number) {
    const Bytes start = peer.receive();
    if (start.empty()) return;
    if (number > 0) {
      peer.send(reply_to(id_of(start), doc("ok", 0.0, "code", 18, "codeName", "AuthenticationFailed")));
      return;
    }
    ScramServer scram(ScramHash::sha1);
    if (!peer.send(reply_to(id_of(start), scram.first(command_of(start)))) || !scram.finish(peer)) return;
    const Bytes find = peer.receive();
    while (!release) std::this_thread::sleep_for(1ms);
    if (!find.empty()) peer.send(reply_to(id_of(find), cursor_of(7)));
    answer_finds(peer);
  });
  const Opened db(server.uri("directConnection=true&maxPoolSize=10&maxConnecting=1&retryReads=false", "user:pencil"));
  std::atomic<int> refused{0}, found{0};
  auto one = [&]() -> awaitable<void> {
    FindOperation operation = find_operation("c");
    operation.context.deadline = Clock::now() + 20s;
    try {
      co_await db->find(std::move(operation));
      ++found;
    } catch (const error& e) {
      CHECK_MESSAGE(e.code() == errc::unauthorized, e.what());
      ++refused;
    }
    if (refused == 9) release = true;
  };
  std::vector<awaitable<void>> tasks;
  for (int i = 0; i < 10; ++i) tasks.push_back(one());
  const auto began = Clock::now();
  run_all(std::move(tasks));
  CHECK(refused == 9);
  CHECK(found == 1);
  CHECK(Clock::now() - began < 10s);
}

TEST_CASE("computing keys from a password does not hold the loop up") {
  ScramMistakes mistakes;
  mistakes.iterations = "400000";
  ScramFake fake(mistakes);
  bool done = false;
  Clock::duration longest{}, whole{};
  auto log_in = [&]() -> awaitable<void> {
    const auto began = Clock::now();
    const auto driver = co_await open_mongodb(fake.uri());
    whole = Clock::now() - began;
    co_await driver->close(Clock::now() + 2s);
    done = true;
  };
  auto tick = [&]() -> awaitable<void> {
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor);
    auto last = Clock::now();
    while (!done) {
      timer.expires_after(1ms);
      co_await timer.async_wait(boost::asio::use_awaitable);
      const auto now = Clock::now();
      longest = std::max(longest, now - last);
      last = now;
    }
  };
  run_together(log_in(), tick());
  CHECK(longest < whole / 3);
}

TEST_CASE("keys are computed once for a client, not for each connection") {
  ScramMistakes mistakes;
  mistakes.iterations = "150000";
  ScramServer scram(ScramHash::sha256, mistakes);
  FakeOptions options;
  options.more_in_hello = [&](bson::DocumentView hello) {
    const auto start = mongodb::read_document(hello["speculativeAuthenticate"]);
    return start.empty() ? bson::Document() : doc("speculativeAuthenticate", scram.first(start));
  };
  FakeServer server(
      [&](Peer& peer, int) {
        if (scram.finish(peer)) peer.answer(cursor_of(7));
      },
      options);
  const auto processor_time = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  const double begun = processor_time();
  const Opened db(server.uri("directConnection=true&maxPoolSize=1", "user:pencil"));
  const double first = processor_time() - begun;  // the server computes them once, too
  for (int i = 0; i < 8; ++i) CHECK(db.find_one() == 7);
  CHECK(server.connections() >= 8);
  CHECK(processor_time() - begun < 3 * first);
}

TEST_CASE("cancelling a log-in ends it at once, also while keys are computed") {
  ScramMistakes mistakes;
  mistakes.iterations = "1000000";
  ScramFake slow(mistakes);
  const Raced computing = cancel_soon(run_void(open_mongodb(slow.uri())), 50);
  CHECK(computing.code == errc::cancelled);
  CHECK(computing.seconds < 0.2);
  FakeServer silent([](Peer& peer, int) { peer.receive(), peer.receive(); });
  const Raced waiting = cancel_soon(run_void(open_mongodb(silent.uri("directConnection=true", "user:pencil"))), 50);
  CHECK(waiting.code == errc::cancelled);
  CHECK(waiting.seconds < 0.2);
}

TEST_CASE("a log-in must end within connectTimeoutMS") {
  FakeServer silent([](Peer& peer, int) { peer.receive(), peer.receive(); });
  const std::string text = failure(
      silent.uri("directConnection=true&connectTimeoutMS=100&serverSelectionTimeoutMS=1000", "user:pencil"), errc::timeout);
  says(text, "saslStart");
}
