// Totals and text of cascade plans and results.
// JSON is in report_json.cpp, because nlohmann is heavy.
#include <ostream>

#include <kinship/cascade/plan.hpp>

namespace kinship {

namespace {

bool removes(CascadeAction action) { return action == CascadeAction::remove; }
bool changes(CascadeAction action) { return action != CascadeAction::remove && action != CascadeAction::restrict; }

std::string verb(CascadeAction action, bool done) {
  switch (action) {
    case CascadeAction::remove:
      return done ? "removed " : "removes ";
    case CascadeAction::nullify:
      return done ? "unset the reference of " : "unsets the reference of ";
    case CascadeAction::pull:
      return done ? "pulled from " : "pulls from ";
    case CascadeAction::restrict:
      return "is forbidden by ";
    case CascadeAction::update:
      return done ? "gave the new key to " : "gives the new key to ";
  }
  return {};
}

std::string text_of(const CascadeReport& report, bool done) {
  std::string text;
  for (const CascadeStep& step : report.steps())
    text +=
        step.relationship + ": " + verb(step.action, done) + std::to_string(step.count) + " in " + step.collection + "\n";
  text += std::to_string(report.deleted()) + (done ? " removed, " : " to remove, ") + std::to_string(report.updated()) +
          (done ? " changed" : " to change");
  return text;
}

}  // namespace

std::string_view to_string(CascadeAction action) noexcept {
  switch (action) {
    case CascadeAction::remove:
      return "remove";
    case CascadeAction::nullify:
      return "nullify";
    case CascadeAction::pull:
      return "pull";
    case CascadeAction::restrict:
      return "restrict";
    case CascadeAction::update:
      return "update";
  }
  return "unknown";
}

std::uint64_t CascadeReport::deleted() const noexcept {
  std::uint64_t total = 0;
  for (const CascadeStep& step : steps_) total += removes(step.action) ? step.count : 0;
  return total;
}

std::uint64_t CascadeReport::updated() const noexcept {
  std::uint64_t total = 0;
  for (const CascadeStep& step : steps_) total += changes(step.action) ? step.count : 0;
  return total;
}

bool CascadePlan::allowed() const noexcept {
  for (const CascadeStep& step : steps())
    if (step.action == CascadeAction::restrict && step.count > 0) return false;
  return true;
}

std::string to_string(const CascadePlan& plan) { return text_of(plan, false); }
std::string to_string(const CascadeResult& result) {
  return text_of(result, true) + (result.atomic() ? "" : ", not in one transaction");
}
std::ostream& operator<<(std::ostream& out, const CascadePlan& plan) { return out << to_string(plan); }
std::ostream& operator<<(std::ostream& out, const CascadeResult& result) { return out << to_string(result); }

}  // namespace kinship
