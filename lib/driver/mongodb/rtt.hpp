// The round trip time of a server: an exponentially weighted average for choosing, the least of the last ten for deadlines.
// Samples are of hello on the monitor's own connections.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

namespace kinship::mongodb {

class RoundTripTime {
 public:
  using Duration = std::chrono::nanoseconds;

  void add(Duration sample) noexcept {
    sample = std::max(sample, Duration::zero());
    average_ = average_ ? Duration((sample.count() + 4 * average_->count()) / 5) : sample;
    recent_[count_++ % recent_.size()] = sample;
  }
  /// After the server was lost: what it was says nothing of what it will be.
  void reset() noexcept { *this = {}; }

  std::optional<Duration> average() const noexcept { return average_; }
  /// Zero until there are two samples.
  Duration minimum() const noexcept {
    if (count_ < 2) return Duration::zero();
    return *std::min_element(recent_.begin(),
                             recent_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, recent_.size())));
  }

 private:
  std::optional<Duration> average_{};
  std::array<Duration, 10> recent_{};
  std::size_t count_{};
};

}  // namespace kinship::mongodb
