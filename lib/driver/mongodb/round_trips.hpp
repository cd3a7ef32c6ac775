// Measures how far away a server is, on a connection of its own: the monitor's waits at the server for news, and its times
// say nothing. Samples of the monitor's own come in, too, where it does not wait.
#pragma once

#include "driver/mongodb/monitor_line.hpp"
#include "driver/mongodb/rtt.hpp"

namespace kinship::mongodb {

class RoundTrips : public std::enable_shared_from_this<RoundTrips> {
 public:
  RoundTrips(std::shared_ptr<Dialer> dialer, Address address);

  /// Begins to measure every heartbeat, the first time it is called.
  void start();
  void stop();

  // For any thread.
  /// How long a hello and its answer took.
  void add(RoundTripTime::Duration sample);
  /// How long connecting took: better than nothing, until there is a sample.
  void guess(RoundTripTime::Duration time);
  /// The server was lost: what it was says nothing of what it will be.
  void reset();
  std::optional<RoundTripTime::Duration> average() const;
  /// Zero until there are two samples.
  RoundTripTime::Duration minimum() const;

 private:
  static awaitable<void> run(std::shared_ptr<RoundTrips> self);

  const std::shared_ptr<Dialer> dialer_;
  const std::shared_ptr<MonitorLine> line_;
  const std::chrono::milliseconds heartbeat_;
  bool started_{};

  mutable std::mutex mutex_;
  RoundTripTime times_;
  std::optional<RoundTripTime::Duration> guess_;
};

}  // namespace kinship::mongodb
