// Opens connections: name, socket, TLS, hello, log-in. Every address of a name is tried in turn, all within
// connectTimeoutMS. Runs on the client's executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "driver/mongodb/connection.hpp"
#include "driver/mongodb/login.hpp"
#include "driver/mongodb/resolver.hpp"
#include "driver/mongodb/uri.hpp"

namespace kinship::mongodb {

/// Ends one attempt to connect, from any thread.
class DialStop {
 public:
  void stop();
  /// False: it was stopped already. Otherwise stop() shuts this channel.
  bool hold(const std::shared_ptr<Channel>& channel);

 private:
  std::mutex mutex_;
  std::weak_ptr<Channel> channel_;
  bool stopped_{};
};

class Dialer : public std::enable_shared_from_this<Dialer> {
 public:
  /// `resolver`: null for the system's.
  Dialer(boost::asio::any_io_executor executor, std::shared_ptr<Deadlines> deadlines, std::shared_ptr<const MongoUri> uri,
         std::shared_ptr<Resolver> resolver = nullptr);

  /// Reads the certificates that TLS needs, and wakes OpenSSL up; once, before anything is dialed. Throws `invalid_query`
  /// for a file of no use.
  static awaitable<void> prepare(std::shared_ptr<Dialer> self);

  /// Ready for commands. Throws NetworkError, `unauthorized`.
  awaitable<std::shared_ptr<Connection>> dial(Address address, std::shared_ptr<DialStop> stop = nullptr);
  /// For a monitor: it does not log in.
  awaitable<std::shared_ptr<Connection>> dial_to_watch(Address address);

  /// Ends what is being opened, and opens nothing any more.
  void stop();

  const std::shared_ptr<Deadlines>& deadlines() const noexcept { return deadlines_; }
  const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
  const MongoUri& uri() const noexcept { return *uri_; }

 private:
  static awaitable<std::shared_ptr<Connection>> dial_of(std::shared_ptr<Dialer> self, Address address, bool logs_in,
                                                        std::shared_ptr<DialStop> stop);
  static awaitable<Message> greet(std::shared_ptr<Dialer> self, std::shared_ptr<Channel> channel,
                                  std::shared_ptr<LogIn> log_in, Deadline deadline);
  std::shared_ptr<Channel> new_channel(const Address& address, DialStop* stop);
  static awaitable<std::shared_ptr<Channel>> connect_of(std::shared_ptr<Dialer> self, Address address,
                                                        std::shared_ptr<DialStop> stop, Deadline deadline);

  const boost::asio::any_io_executor executor_;
  const std::shared_ptr<Deadlines> deadlines_;
  const std::shared_ptr<const MongoUri> uri_;
  const std::shared_ptr<Resolver> resolver_;
  const std::optional<Credential> credential_;
  const std::shared_ptr<ScramKeyCache> keys_;
  std::shared_ptr<const TlsContext> tls_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Channel>> opening_;
  bool stopped_{};
};

}  // namespace kinship::mongodb
