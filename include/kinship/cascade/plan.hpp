// What a cascade would do (CascadePlan) or did (CascadeResult), as data: per relationship an action and a count.
// Values only: no handle on the store, nothing is read or written by looking at them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kinship {

enum class CascadeAction : std::uint8_t {
  remove,    // documents are removed
  nullify,   // their foreign key is unset
  pull,      // a key is taken out of their id arrays
  restrict,  // documents that forbid the removal
  update     // their foreign key follows a changed key
};
std::string_view to_string(CascadeAction action) noexcept;

struct CascadeStep {
  std::string relationship{};  // "User.posts"; of the objects the removal began with: their model, "User"
  CascadeAction action{};
  std::string collection{};
  std::uint64_t count{};  // matched documents

  friend bool operator==(const CascadeStep&, const CascadeStep&) = default;
};

/// Steps in the order they are executed: children before parents. Steps that touch nothing are left out.
class CascadeReport {
 public:
  CascadeReport() = default;
  explicit CascadeReport(std::vector<CascadeStep> steps) : steps_(std::move(steps)) {}

  const std::vector<CascadeStep>& steps() const noexcept { return steps_; }
  /// Documents removed, the ones it began with included.
  std::uint64_t deleted() const noexcept;
  /// Documents changed but kept: nullified, pulled from, or given a new key.
  std::uint64_t updated() const noexcept;

  friend bool operator==(const CascadeReport&, const CascadeReport&) = default;

 private:
  std::vector<CascadeStep> steps_{};
};

/// What `db.plan_remove` found. Counts are of the moment they were taken; `restrict` steps say what would forbid it.
class CascadePlan : public CascadeReport {
 public:
  using CascadeReport::CascadeReport;
  /// False if a `restrict` step stands against it: `remove` would throw `restricted`.
  bool allowed() const noexcept;
};

/// What a removal or a cascading update did.
class CascadeResult : public CascadeReport {
 public:
  CascadeResult() = default;
  CascadeResult(std::vector<CascadeStep> steps, bool atomic) : CascadeReport(std::move(steps)), atomic_(atomic) {}
  /// All of it happened in one transaction. False: the store has none; what breaks off, the same call finishes.
  bool atomic() const noexcept { return atomic_; }

 private:
  bool atomic_{true};
};

/// One line a step: "User.posts: removes 3 from posts".
std::string to_string(const CascadePlan& plan);
std::string to_string(const CascadeResult& result);
std::ostream& operator<<(std::ostream& out, const CascadePlan& plan);
std::ostream& operator<<(std::ostream& out, const CascadeResult& result);

/// {"deleted": 4, "updated": 0, "steps": [{"relationship", "action", "collection", "count"}, ...]}, and for a result
/// "atomic", for a plan "allowed".
void to_json(nlohmann::ordered_json& out, const CascadePlan& plan);
void to_json(nlohmann::ordered_json& out, const CascadeResult& result);
void to_json(nlohmann::json& out, const CascadePlan& plan);
void to_json(nlohmann::json& out, const CascadeResult& result);

}  // namespace kinship
