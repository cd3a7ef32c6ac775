// Tells a client's observers what happens in it (kinship/driver/events.hpp). The client calls it wherever it is, with locks
// held; it takes note and tells later, from a handler of its own on the client's event loop: in order, one event at a time,
// with no lock held.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <optional>
#include <variant>

#include "driver/mongodb/events.hpp"
#include "driver/mongodb/pause.hpp"
#include "driver/observers.hpp"

namespace kinship::mongodb {

class Announcer final : public EventListener,
                        public kinship::detail::Observers,
                        public std::enable_shared_from_this<Announcer> {
 public:
  /// Waiting events; what comes on top is lost, and counted.
  static constexpr std::size_t most_waiting = 4096;

  explicit Announcer(boost::asio::any_io_executor executor) : executor_(std::move(executor)) { hear(0); }

  void command(const CommandEvent& event) noexcept override;
  void pool(const PoolEvent& event) noexcept override;
  void topology(const TopologyEvent& event) noexcept override;
  void heartbeat(const ServerDescription& server) noexcept override;
  void retry(const TriedAgain& what) noexcept override;
  void loop_gone() noexcept override;

  /// Waits until everything of before was told, or until the deadline.
  static awaitable<void> flush(std::shared_ptr<Announcer> self, std::shared_ptr<Deadlines> deadlines, Deadline deadline);
  std::uint64_t lost() const;

 private:
  using Event = std::variant<kinship::CommandEvent, kinship::PoolEvent, kinship::TopologyEvent, kinship::RetryEvent>;
  struct Note {
    Event event;
    std::optional<Event> detailed{};  // the same with values
  };
  static constexpr int told_at_once = 64;  // then others have a turn

  void changed(unsigned wanted) noexcept override { hear(wanted); }
  bool wants_values() const noexcept { return wants(kinship::detail::observed_values); }
  void keep(Note note);
  void post();
  void deliver();
  void say(const Note& note) const noexcept;

  const boost::asio::any_io_executor executor_;
  mutable std::mutex mutex_;
  std::deque<Note> notes_;
  std::vector<std::shared_ptr<Pause>> waiting_;
  std::uint64_t lost_{};
  bool telling_{};  // a handler is on its way, or at it
  bool gone_{};
};

}  // namespace kinship::mongodb
