// Which statement serves which plan.
// A scan that gives an order binds its one range directly, because SQLite cannot know that keylist has one row.
#include "scan.hpp"

namespace kinship::sqlite {
namespace {

bool gives_order(const Plan& plan) { return plan.sorted && plan.index != nullptr && plan.keys.size() == 1; }

Statement open(Connection& connection, const CollectionInfo& collection, const Plan& plan, std::string& high) {
  if (plan.index == nullptr) return connection.statement(Sql::scan_all, collection.id);
  if (gives_order(plan)) {
    high = plan.points ? std::string(plan.keys.low(0)) + '\xff' : std::string(plan.keys.high(0));
    return open_range(connection, collection, *plan.index, plan.keys.low(0), high, plan.backward);
  }
  Statement statement =
      connection.statement(plan.points ? Sql::scan_points : Sql::scan_ranges, collection.id, plan.index->id);
  statement.bind_pointer(1, &plan.keys, KeyList::pointer_type);
  return statement;
}

}  // namespace

Statement open_range(Connection& connection, const CollectionInfo& collection, const Index& index, std::string_view low,
                     std::string_view high, bool backward) {
  Statement statement = connection.statement(backward ? Sql::scan_backward : Sql::scan_forward, collection.id, index.id);
  statement.bind(1, low);
  statement.bind(2, high);
  return statement;
}

Scan::Scan(Connection& connection, const CollectionInfo& collection, const Plan& plan, bool each_key)
    : connection_(connection),
      collection_(collection),
      plan_(plan),
      statement_(open(connection, collection, plan.branches.empty() ? plan : plan.branches.front(), high_)),
      ordered_(plan.index == nullptr || gives_order(plan)),
      once_(!plan.branches.empty() || (plan.repeats() && !each_key && !(plan.points && plan.keys.size() == 1))),
      never_(plan.never) {}

bool Scan::next() {
  if (never_) return false;
  do {
    while (statement_.step()) {
      if (once_ && !seen_.insert(rid()).second) continue;
      document_ = statement_.document(0);
      return true;
    }
  } while (next_branch());
  never_ = true;
  return false;
}

// A statement may serve two branches, so it ends before it is bound again.
bool Scan::next_branch() {
  if (branch_ + 1 >= plan_.branches.size()) return false;
  statement_.reset();
  statement_ = open(connection_, collection_, plan_.branches[++branch_], high_);
  return true;
}

}  // namespace kinship::sqlite
