// Watches one server: a hello on a connection of its own every heartbeat, or at once when asked; says what it heard.
// What is said of the server is told to one listener, in order.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "driver/mongodb/dialer.hpp"
#include "driver/mongodb/pause.hpp"
#include "driver/mongodb/rtt.hpp"

namespace kinship::mongodb {

class Monitor : public std::enable_shared_from_this<Monitor> {
 public:
  using Heard = std::function<void(ServerDescription)>;

  Monitor(std::shared_ptr<Dialer> dialer, Address address, Heard heard);

  void start();
  /// Ends soon, and says nothing any more.
  void stop();
  /// Does not wait for the next heartbeat; at most twice a second all the same.
  void check_now();

 private:
  static awaitable<void> run(std::shared_ptr<Monitor> self);
  static awaitable<ServerDescription> check(std::shared_ptr<Monitor> self);
  static awaitable<void> rest(std::shared_ptr<Monitor> self, Deadline until, bool may_be_woken);
  bool stopped() const;
  void tell(ServerDescription description);

  const std::shared_ptr<Dialer> dialer_;
  const Address address_;
  const std::chrono::milliseconds heartbeat_;

  mutable std::mutex mutex_;
  Heard heard_;
  std::shared_ptr<Channel> channel_;
  std::shared_ptr<Pause> pause_;
  bool asked_{}, stopped_{}, wakeable_{};
  bool hello_ok_{};      // of the run only
  RoundTripTime times_;  // of the run only
};

}  // namespace kinship::mongodb
