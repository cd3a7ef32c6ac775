// Watches one server: it says by itself when it has changed (the streaming protocol), or is asked every heartbeat where it
// cannot. What is heard of it is told to one listener, in order.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "driver/mongodb/round_trips.hpp"

namespace kinship::mongodb {

/// What a monitor heard.
struct MonitorNews {
  ServerDescription description{};
  bool lost{};       // the connection failed: those of the server's pool are worth nothing
  bool timed_out{};  // because nothing came in time: those in use may wait for ever
};

class Monitor : public std::enable_shared_from_this<Monitor> {
 public:
  using Heard = std::function<void(MonitorNews)>;

  Monitor(std::shared_ptr<Dialer> dialer, Address address, Heard heard);

  void start();
  /// Ends soon, and says nothing any more.
  void stop();
  /// Does not wait for the next heartbeat; at most twice a second all the same. A server that streams is asked already.
  void check_now();
  /// An operation found the connection to the server broken: what the monitor waits for will not come. Looks anew.
  void cancel_check();
  /// The least round trip of the last ones; zero until there are two. For any thread.
  RoundTripTime::Duration least_round_trip() const;

 private:
  static awaitable<void> run(std::shared_ptr<Monitor> self);
  static awaitable<MonitorNews> check(std::shared_ptr<Monitor> self);
  void tell(MonitorNews news);

  const std::shared_ptr<Dialer> dialer_;
  const Address address_;
  const std::chrono::milliseconds heartbeat_;
  const bool may_stream_;
  const std::shared_ptr<MonitorLine> line_;
  const std::shared_ptr<RoundTrips> round_trips_;

  std::mutex mutex_;
  Heard heard_;
  bool cancelled_{};
};

}  // namespace kinship::mongodb
