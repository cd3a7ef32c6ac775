// Find one, change it, return it: one job of the writer, hence atomic.
#pragma once

#include "job.hpp"

namespace kinship::sqlite {

class FindAndModifyJob final : public Job {
 public:
  explicit FindAndModifyJob(FindAndModifyOperation operation)
      : Job(std::move(operation.context)), operation_(std::move(operation)) {}
  void run(Connection& connection) override;
  bool writes() const noexcept override { return true; }

  FindAndModifyReply reply;

 private:
  FindAndModifyOperation operation_;
};

}  // namespace kinship::sqlite
