// Gathers what a compiled filter can tell a planner about itself (see Bound in matcher.hpp).
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "matcher.hpp"

namespace kinship::sqlite {

class BoundsCollector {
 public:
  /// A condition on `path`, relative to the $elemMatch being collected. `decides`: the condition says no more than its keys
  /// do.
  void add(const Path& path, BoundOp op, bson::ValueView value, bool decides, std::string_view prefix = {});
  /// Something else must hold too, so no bound decides by itself.
  void not_alone() noexcept { alone_ = false; }
  void never() noexcept { never_ = true; }
  /// Every matching document meets the conditions of one of these. Inside $elemMatch they are left out.
  void one_of(std::vector<BoundsCollector> branches);

  /// Between these two, paths are relative to elements of the array at `path`. `one_value`: the bounds are about the element
  /// itself, so that one value meets them all; fields of an element may hold arrays and meet two bounds by two values.
  void enter(const Path& path, bool one_value);
  void leave();

  const std::vector<Bound>& bounds() const noexcept { return bounds_; }
  const std::vector<std::vector<BoundsCollector>>& unions() const noexcept { return unions_; }
  bool decides() const noexcept { return alone_ && decides_ && bounds_.size() == 1; }
  bool is_never() const noexcept { return never_; }

 private:
  struct Scope {
    std::string prefix;
    std::uint32_t group;
    bool blocked;
  };
  std::vector<Bound> bounds_;
  std::deque<std::string> texts_;  // paths made up here; addresses must stay
  std::vector<Scope> scopes_;
  std::vector<std::vector<BoundsCollector>> unions_;
  std::uint32_t groups_{};
  bool alone_{true};
  bool decides_{};
  bool never_{};
};

}  // namespace kinship::sqlite
