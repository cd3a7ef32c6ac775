// Writes to one collection: inserts, updates, replacements and deletes, item by item, errors per item.
// Runs inside the writer's transaction; what an item did before it failed is taken back.
#pragma once

#include "job.hpp"
#include "write_item.hpp"

namespace kinship::sqlite {

class WriteJob final : public Job {
 public:
  explicit WriteJob(WriteOperation operation) : Job(std::move(operation.context)), operation_(std::move(operation)) {}
  void run(Connection& connection) override;
  bool writes() const noexcept override { return true; }
  bool failed_in_part() const noexcept override { return !reply.errors.empty(); }

  WriteReply reply;

 private:
  WriteOperation operation_;
};

}  // namespace kinship::sqlite
