// A store for planners' tests: documents in vectors, and just the filters and updates a cascade sends.
// It answers a planner's needs one by one and counts them, so a test can compare before, after, and round trips.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/cascade.hpp"

namespace kinship::test {

class MiniStore {
 public:
  /// A document {"_id": id, field: value, ...} of integers; 0 stands for null.
  void add(const std::string& collection, std::int64_t id, std::vector<std::pair<std::string, std::int64_t>> fields = {});
  void add(const std::string& collection, bson::Document document);

  /// Answers the planner until it is done. Throws std::runtime_error if it never ends.
  void run(plan::CascadePlanner& planner);
  /// One answer.
  void answer(plan::CascadePlanner& planner);

  /// "1 2 3": the ids in a collection, in order.
  std::string ids(const std::string& collection) const;
  std::size_t size() const;
  bson::Document get(const std::string& collection, std::int64_t id) const;

  int round_trips = 0;
  int writes = 0;

 private:
  std::vector<bson::Document>& of(const std::string& collection) { return collections_[collection]; }
  std::uint64_t write(const plan::CascadeNeed& need);

  std::map<std::string, std::vector<bson::Document>> collections_;
  std::map<std::size_t, std::vector<bson::Document>> cursors_;
};

/// A need as one line: "find posts where {...}".
std::string line(const plan::CascadeNeed& need);
/// Steps as lines: "User.posts: remove 2 from posts".
std::string lines(const std::vector<CascadeStep>& steps);

}  // namespace kinship::test
