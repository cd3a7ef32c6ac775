// One MongoDB deployment as the driver uses it: its servers, sessions and cluster time, and how a command gets there and
// back. Shared by the driver, its cursors and its transactions. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "driver/mongodb/activity.hpp"
#include "driver/mongodb/cluster_time.hpp"
#include "driver/mongodb/command.hpp"
#include "driver/mongodb/deployment.hpp"
#include "driver/mongodb/events.hpp"
#include "driver/mongodb/session.hpp"
#include "driver/mongodb/srv_watch.hpp"

namespace kinship::mongodb {

class Client final : public LateReply, public std::enable_shared_from_this<Client> {
 public:
  Client(boost::asio::any_io_executor executor, MongoUri uri);
  ~Client() override;

  /// Tells `listener` of commands and connections from now on; before start() only.
  void listen(std::shared_ptr<EventListener> listener) { listener_ = std::move(listener); }
  /// What must be ready before start().
  static awaitable<void> prepare(std::shared_ptr<Client> self);
  /// Begins to watch the servers; does not wait.
  void start();
  /// Of a mongodb+srv URI: asks DNS now and again which servers there are.
  void watch_srv(SrvSettings settings, std::chrono::seconds time_to_live);
  /// Throws `unavailable` if no server for reads is found in time.
  static awaitable<void> verify(std::shared_ptr<Client> self);

  /// Selects a server, sends, and tries again what may be tried again. Throws what the command failed with, but hands
  /// replies with errors of single writes over.
  static awaitable<Answer> run(std::shared_ptr<Client> self, Command command);
  /// The same with a command that its caller keeps: it must outlive the call.
  static awaitable<Answer> run(std::shared_ptr<Client> self, Command* command);

  /// A session of its own for one transaction, which is begun.
  std::shared_ptr<MongoSession> begin(std::string origin, OperationContext options);
  /// A session for any operations, and for transactions one after the other. Throws `unsupported` without sessions.
  std::shared_ptr<MongoSession> start_session(MongoSession::Settings settings = {});
  /// Throws `invalid_query` if the session has one, or if its writes would not be acknowledged.
  void begin_transaction(const std::shared_ptr<MongoSession>& session, std::string origin, OperationContext options);
  /// Sends the commit, and once more if its reply was lost. While its result is not known, it may be called again.
  /// `deadline`: instead of the transaction's, the session's or the client's.
  static awaitable<void> commit(std::shared_ptr<Client> self, std::shared_ptr<Session> session,
                                Deadline deadline = no_deadline);
  /// Commits until the result is known, for 120 s or as long as the transaction may take.
  static awaitable<void> commit_surely(std::shared_ptr<Client> self, std::shared_ptr<Session> session);
  static awaitable<void> abort(std::shared_ptr<Client> self, std::shared_ptr<Session> session,
                               Deadline deadline = no_deadline);
  /// The transaction behind the seam's session; null for none. Throws `transaction_aborted` for one of another database.
  std::shared_ptr<MongoSession> own(const std::shared_ptr<Session>& session) const;

  /// Refuses new work, waits until the deadline for what is under way, ends sessions and connections.
  static awaitable<void> close(std::shared_ptr<Client> self, Deadline deadline);
  /// Closes everything without waiting; for when the last handle is gone, or the event loop.
  void drop();

  /// The event loop is being destroyed: no socket and no timer may be left.
  void loop_gone();

  /// Ends a cursor on its server, without waiting. `budget`: how long the server may take; zero: as long as it takes.
  void kill_cursor(std::shared_ptr<Server> server, std::string database, std::string collection, std::int64_t id,
                   SessionLease session, std::chrono::steady_clock::duration budget = {});
  /// Ends a transaction that was dropped, without waiting.
  void abandon(SessionLease session, std::shared_ptr<Server> server);
  void late_reply(const std::shared_ptr<Server>& server, const Message& reply) override;

  const MongoUri& uri() const noexcept { return *uri_; }
  const std::string& database() const noexcept { return database_; }
  const std::shared_ptr<Deployment>& deployment() const noexcept { return deployment_; }
  const std::shared_ptr<Activity>& activity() const noexcept { return activity_; }
  const std::shared_ptr<ServerSessionPool>& sessions() const noexcept { return sessions_; }
  ClusterTime& cluster_time() noexcept { return cluster_time_; }
  const std::shared_ptr<Deadlines>& deadlines() const noexcept { return deadlines_; }
  /// Null: nobody listens to commands.
  EventListener* listener() const noexcept {
    return listener_ && listener_->hears(EventListener::commands) ? listener_.get() : nullptr;
  }
  /// To be said before it is: counted, and told.
  void tried_again(const TriedAgain& what) noexcept;
  std::uint64_t retries() const noexcept { return retries_.load(std::memory_order_relaxed); }

 private:
  friend class CommandRun;

  void spawn(awaitable<void> task);

  const boost::asio::any_io_executor executor_;
  const std::shared_ptr<const MongoUri> uri_;
  const std::string database_;
  const std::shared_ptr<Deadlines> deadlines_;
  const std::shared_ptr<Dialer> dialer_;
  const std::shared_ptr<ServerSessionPool> sessions_;
  const std::shared_ptr<Activity> activity_;
  ClusterTime cluster_time_;
  std::shared_ptr<EventListener> listener_;
  std::atomic<std::uint64_t> retries_{0};
  std::shared_ptr<Deployment> deployment_;
  std::shared_ptr<SrvWatch> srv_;
};

}  // namespace kinship::mongodb
