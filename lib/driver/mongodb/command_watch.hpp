// One try of a command as its client's listener hears of it: when it is sent, and how it ends.
// Commands that hold credentials are told by name only.
#pragma once

#include <string>
#include <vector>

#include "driver/mongodb/connection.hpp"
#include "driver/mongodb/events.hpp"

namespace kinship::mongodb {

/// Whether events leave out what the command and its reply say.
bool is_sensitive(std::string_view name, bson::DocumentView command) noexcept;

class CommandWatch {
 public:
  CommandWatch(EventListener& listener, const std::string& name, const Connection& connection);

  /// `command` and `more` are the fields of one message.
  void started(bson::DocumentView command, bson::DocumentView more, const std::vector<DocumentSequence>& sequences);
  /// A reply came; what it says decides how the command ended.
  void answered(bson::DocumentView reply);
  /// Nobody answers it.
  void sent();
  void failed(std::string_view failure, bson::DocumentView reply = {});

 private:
  CommandEvent event(CommandEvent::Kind kind) const;

  EventListener& listener_;
  const std::string& name_;  // the command's: it outlives its tries
  const Connection& connection_;
  const std::int32_t request_id_;
  std::string database_{};
  bool sensitive_{};
  std::chrono::steady_clock::time_point began_{};
};

}  // namespace kinship::mongodb
