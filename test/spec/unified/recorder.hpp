// The events of one client entity, kept as the unified format names them.
// Whoever waits for more of them is woken by each.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "driver/mongodb/events.hpp"
#include "driver/mongodb/pause.hpp"
#include "spec/unified/expect.hpp"

namespace kinship::spec {

class Recorder final : public mongodb::EventListener {
 public:
  /// Keeps the events `observed` names, of commands that are not `ignored`; of sensitive ones only if asked to.
  Recorder(std::set<std::string> observed, std::set<std::string> ignored, bool sensitive);

  const std::vector<UnifiedEvent>& events() const noexcept { return events_; }
  /// All commands that were started, whether or not they are observed.
  const std::vector<bson::Document>& commands() const noexcept { return commands_; }
  std::size_t count(const Json& expected, const UnifiedValues& known) const;
  int checked_out() const noexcept { return checked_out_; }
  void stop() noexcept { stopped_ = true; }

  /// Waits until there is another event, or until then.
  awaitable<void> wait(std::shared_ptr<mongodb::Deadlines> deadlines, Deadline until);

  void command(const mongodb::CommandEvent& event) noexcept override;
  void pool(const mongodb::PoolEvent& event) noexcept override;

 private:
  void add(const char* name, bson::Document fields);

  const std::set<std::string> observed_, ignored_;
  const bool sensitive_;
  std::vector<UnifiedEvent> events_;
  std::vector<bson::Document> commands_;
  std::weak_ptr<mongodb::Pause> waiting_;
  int checked_out_{};
  bool stopped_{};
};

}  // namespace kinship::spec
