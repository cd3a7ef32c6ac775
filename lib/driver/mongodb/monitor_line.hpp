// One connection of a monitor, with its hellos and its pauses. It can be cut from any thread: whoever waits goes on at once.
// Used by one coroutine; what is not said to be for any thread is for that one.
#pragma once

#include <memory>
#include <mutex>

#include "driver/mongodb/dialer.hpp"
#include "driver/mongodb/pause.hpp"

namespace kinship::mongodb {

class MonitorLine : public std::enable_shared_from_this<MonitorLine> {
 public:
  MonitorLine(std::shared_ptr<Dialer> dialer, Address address);

  /// What the server says of itself now: on a new connection its greeting, else its answer to a hello. With `stream`, and
  /// where the server can, the next thing it says when it changes, or after heartbeatFrequencyMS. Closes the connection when
  /// it throws.
  static awaitable<ServerDescription> listen(std::shared_ptr<MonitorLine> self, bool stream);
  /// Whether the last answer was waited for at the server: its time says nothing of the way there.
  bool waited() const noexcept { return waited_; }
  /// Whether the next one may be.
  bool may_stream() const noexcept { return more_ || known_.has_value(); }

  /// Until `until`; `wakeable`: or until wake() is called, also if it was since the last pause.
  static awaitable<void> rest(std::shared_ptr<MonitorLine> self, Deadline until, bool wakeable);

  // For any thread.
  bool connected() const;
  /// Ends a pause.
  void wake();
  /// Closes the connection; true if there was one. The next listen() opens another.
  bool cut();
  /// Cuts it for good.
  void stop();
  bool stopped() const;

 private:
  static awaitable<ServerDescription> greet(std::shared_ptr<MonitorLine> self);
  static awaitable<ServerDescription> hear(std::shared_ptr<MonitorLine> self, std::shared_ptr<Channel> channel, bool stream);
  Request hello(bool stream) const;
  Deadline limit(bool stream) const;

  const std::shared_ptr<Dialer> dialer_;
  const Address address_;
  const std::chrono::milliseconds heartbeat_;

  std::optional<TopologyVersion> known_{};
  bool hello_ok_{}, more_{}, waited_{};

  mutable std::mutex mutex_;
  std::shared_ptr<Channel> channel_;
  std::shared_ptr<Pause> pause_;
  bool asked_{}, wakeable_{}, stopped_{};
};

}  // namespace kinship::mongodb
