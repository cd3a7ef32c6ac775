// withTransaction: kinship::Database::transaction, which begins, commits, and runs a function again, on the test's own
// session. The function's operations go to the driver as all others do.
#include <stdexcept>

#include <kinship/testing.hpp>

#include "spec/report.hpp"
#include "spec/unified/extras.hpp"
#include "spec/unified/operations.hpp"

namespace kinship::spec {
namespace {

/// Of a driver only what begins and ends transactions; on a session that others know, too.
class OnSession final : public testing::FaultyDriver {
 public:
  OnSession(const TestSession& session, std::shared_ptr<const OperationExtras> extras)
      : FaultyDriver(nullptr), session_(&session), extras_(std::move(extras)) {}

  Capabilities capabilities() const override {
    Capabilities out;
    out.transactions = true;
    return out;
  }
  awaitable<std::shared_ptr<Session>> begin(std::string origin, OperationContext context) override {
    context.extras = extras_;  // a handle has no place for them
    session_->client->client->begin_transaction(session_->session, std::move(origin), std::move(context));
    return begun(session_->session);
  }
  awaitable<void> commit(std::shared_ptr<Session> session) override {
    return mongodb::Client::commit_surely(session_->client->client, std::move(session));
  }
  awaitable<void> abort(std::shared_ptr<Session> session) override {
    return mongodb::Client::abort(session_->client->client, std::move(session));
  }

 private:
  static awaitable<std::shared_ptr<Session>> begun(std::shared_ptr<Session> session) { co_return session; }

  const TestSession* session_;
  const std::shared_ptr<const OperationExtras> extras_;
};

// The handle's timeout: the call's own, else what the session or the URI says, which connect() makes its own.
std::chrono::milliseconds time_of(const TestSession& session, Call& call) {
  if (call.has("timeoutMS")) return std::chrono::milliseconds(call.number("timeoutMS"));
  if (session.session->timeout().count() > 0) return session.session->timeout();
  return session.client->client->uri().options.timeout.value_or(std::chrono::milliseconds(0));
}

// As perform_and_check, but what fails is thrown on: that is what makes a transaction run again.
awaitable<void> perform_in_callback(World* world, const Json* operation) {
  Call call(*operation);
  const bool checked = operation->contains("expectError") && !operation->value("ignoreResultAndError", false);
  std::exception_ptr raised;
  std::optional<UnifiedFailure> failure;
  try {
    co_await perform(world, std::move(call));
  } catch (const OperationFailed& failed) {
    failure = failed.failure;
    raised = std::current_exception();
  } catch (const error& e) {
    failure = failure_of(e);
    raised = std::current_exception();
  }
  if (checked && !failure)
    throw std::runtime_error("succeeded, but should fail with " + operation->at("expectError").dump());
  if (checked)
    if (const auto why = failure_mismatch(operation->at("expectError"), *failure, world->values); !why.empty())
      throw std::runtime_error("its error: " + why);
  if (raised) std::rethrow_exception(raised);
}

/// What is run in the transaction. A class: it goes by value where coroutines keep it.
struct Body {
  World* world;
  const Json* operations;

  awaitable<void> operator()(Database) const { return run(world, operations); }
  static awaitable<void> run(World* world, const Json* operations) {
    for (const Json& operation : *operations) co_await perform_in_callback(world, &operation);
  }
};

}  // namespace

awaitable<bson::Document> with_transaction(World* world, Call call) {
  TestSession& session = world->session(call.object());
  const Json& operations = call.get("callback");
  Options options;
  OperationContext given = session.defaults;
  if (const Json* concern = call.find("readConcern")) given.read_concern = seam_read_concern(*concern);
  if (const Json* concern = call.find("writeConcern")) set_write_concern(given, *concern);
  if (const Json* limit = call.find("maxCommitTimeMS")) set_max_time(given, *limit);
  options.read_concern(given.read_concern).write_concern(given.write_concern).timeout(time_of(session, call));
  call.done();
  for (const Json& operation : operations)
    if (operation.at("name").get<std::string>().ends_with("Transaction"))
      throw Skip{"a function given to db.transaction has no call to end the transaction with: it returns or throws"};
  const Database whole(std::make_shared<OnSession>(session, given.extras));
  const Database db = whole.with_options(options);
  const Body body{world, &operations};
  co_await db.transaction(body);
  co_return no_result();
}

}  // namespace kinship::spec
