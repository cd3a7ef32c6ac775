// ChangeStream: the changes of a raw collection as they happen, in MongoDB's words.
// Made by Collection::watch; only MongoDB has them, on replica sets and sharded clusters.
#pragma once

#include <memory>
#include <optional>

#include <kinship/fwd.hpp>
#include <kinship/value/json_fwd.hpp>

namespace kinship {

/// Move-only; destroying it ends it on the server, without blocking. One awaiter at a time.
class ChangeStream {
 public:
  ChangeStream(ChangeStream&&) noexcept;
  ChangeStream& operator=(ChangeStream&&) noexcept;
  ~ChangeStream();

  /// The next change, {"_id", "operationType", "ns", "documentKey", "fullDocument", ...}; its `_id` may begin another stream
  /// after it ({"resumeAfter": ...}). Waits as long as nothing changes, with a command a second or so; cancelling ends the
  /// wait. nullopt: it has ended, as the collection was dropped or renamed. When its server is lost it goes on at another
  /// one, without a gap; `unavailable` if there is none.
  [[nodiscard("co_await it")]] awaitable<std::optional<nlohmann::ordered_json>> next();

 private:
  friend class Collection;
  struct State;
  explicit ChangeStream(std::unique_ptr<State> state);
  static awaitable<std::optional<nlohmann::ordered_json>> next_of(State* state);

  std::unique_ptr<State> state_;
};

}  // namespace kinship
