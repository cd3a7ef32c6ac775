// A driver on the home loop for tests of connections: opened, asked something short, closed at the end.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "driver/mongodb/driver.hpp"
#include "store/fixture.hpp"
#include "support/home_loop.hpp"

namespace kinship::test {

class Opened {
 public:
  explicit Opened(const std::string& uri) : driver_(run_at_home(open_mongodb(uri))) {}
  ~Opened() { run(driver_->close(std::chrono::steady_clock::now() + std::chrono::seconds(2))); }

  Driver* operator->() const { return driver_.get(); }
  /// The `_id` of the first document.
  int find_one(Deadline deadline = no_deadline) const {
    FindOperation operation = find_operation("c");
    operation.context.deadline = deadline;
    const FindReply reply = run(driver_->find(std::move(operation)));
    return reply.first.documents.at(0)["_id"].as_int32();
  }
  WriteReply insert_one() const {
    WriteOperation operation;
    operation.collection = "c";
    operation.items.push_back(insert_item(doc("_id", 1)));
    return run(driver_->write(std::move(operation)));
  }
  bson::Document command(bson::Document command) const {
    return run(driver_->command(std::move(command), OperationContext()));
  }

 private:
  std::shared_ptr<Driver> driver_;
};

}  // namespace kinship::test
