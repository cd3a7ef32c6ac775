// The replica set of test/servers/front as tests command it: members killed and started, elections held back, what came over
// the wire. And a client of it that can be watched. Nothing here sleeps: waits end with what they wait for, or fail in 20 s.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "driver/mongodb/client.hpp"
#include "store/fixture.hpp"

namespace kinship::test {

class Front {
 public:
  /// All members up and alike, the first one primary, nothing counted.
  Front();
  ~Front();

  bson::Document tell(bson::Document command) const;
  void kill(int member) const { tell(doc("frontKill", member)); }
  void start(int member) const { tell(doc("frontStart", member)); }
  /// No elections by themselves, from now on.
  void hold_elections(bool held = true) const { tell(doc("frontHold", held)); }
  void elect(int member) const { tell(doc("frontElect", member)); }
  /// The primary becomes a secondary.
  void step_down() const { tell(doc("frontStepDown", 1)); }
  void tag(int member, const std::string& name, const std::string& value) const;
  /// Each of its replies takes so long.
  void slow_down(int member, int milliseconds) const { tell(doc("frontSet", member, "slowMs", milliseconds)); }
  /// It takes connections and commands, and does and answers nothing.
  void silence(int member) const { tell(doc("frontSet", member, "silent", true)); }
  void lag(int member, int seconds) const { tell(doc("frontSet", member, "lagSeconds", seconds)); }
  /// Makes `command` fail on this member, as failCommand's `data` says, so many times.
  void fail(int member, const char* command, bson::Document how, int times = 1) const;
  /// Waits until the member has got so many of these commands.
  void wait_for(int member, const char* command, int count) const;
  /// How many of these commands the member got.
  int count(int member, const char* command) const;
  int replayed() const;
  /// Commands other than hello since the last call, with what the driver added to them.
  std::vector<bson::Document> log(const std::string& name = "") const;

  std::string member(int index) const { return members_.at(static_cast<std::size_t>(index)); }
  /// All members as seeds, or one; a database of the test's own.
  std::string uri(const std::string& options = "") const;
  std::string uri_of_seed(int member, const std::string& options = "") const;

 private:
  std::shared_ptr<Driver> control_;
  std::vector<std::string> members_;
};

/// Whether there is a front; if not, the test says that it is skipped.
bool has_front();

/// A client whose topology can be waited for.
class Watched {
 public:
  explicit Watched(const std::string& uri);
  ~Watched();

  using Condition = std::function<bool(const mongodb::TopologyDescription&)>;
  void wait(const char* what, const Condition& condition);
  void wait_for_primary(const std::string& address);
  void wait_until_all_known();
  /// The types of one server, in the order they were reported.
  std::vector<std::string> history(const std::string& address);

  int insert(int id, const std::string& collection = "c");
  awaitable<void> increment(int id, Deadline deadline = no_deadline);
  std::uint64_t count(bson::Document filter = {});
  std::vector<bson::Document> find(bson::Document filter = {});

  std::shared_ptr<mongodb::Client> client;

 private:
  class Listener;
  std::shared_ptr<Listener> listener_;
};

}  // namespace kinship::test
