// Conditions and updates as text for messages, with names as they were given.
// Nothing here fails: what could not be resolved can still be printed.
#include <ostream>

#include <kinship/error.hpp>
#include <kinship/query/resolve.hpp>
#include "query/clauses.hpp"
#include "query/update_entry.hpp"

namespace kinship {

namespace {

constexpr std::size_t longest = 2000;

}  // namespace

std::string to_string(const Condition& condition) {
  try {
    std::vector<detail::Clause> clauses;
    detail::collect_clauses(condition, {}, false, clauses);
    return describe(Value(detail::write_conjunction(clauses)), longest);
  } catch (const error& reason) {
    return "(no condition: " + reason.sentence() + ")";
  }
}

std::string to_string(const Update& update) {
  try {
    return describe(Value(detail::write_update(update, nullptr)), longest);
  } catch (const error& reason) {
    return "(no update: " + reason.sentence() + ")";
  }
}

std::ostream& operator<<(std::ostream& out, const Condition& condition) { return out << to_string(condition); }
std::ostream& operator<<(std::ostream& out, const Update& update) { return out << to_string(update); }

}  // namespace kinship
