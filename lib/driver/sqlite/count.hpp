// Counting: from the index alone where it decides, else by the matcher; never by fetching documents into a result.
#pragma once

#include "job.hpp"

namespace kinship::sqlite {

class CountJob final : public Job {
 public:
  explicit CountJob(CountOperation operation) : Job(std::move(operation.context)), operation_(std::move(operation)) {}
  void run(Connection& connection) override;

  std::uint64_t count{};

 private:
  CountOperation operation_;
};

class GroupedCountJob final : public Job {
 public:
  explicit GroupedCountJob(GroupedCountOperation operation)
      : Job(std::move(operation.context)), operation_(std::move(operation)) {}
  void run(Connection& connection) override;

  GroupedCountReply reply;

 private:
  GroupedCountOperation operation_;
};

/// Values of a field over what matches, each once.
class DistinctJob final : public Job {
 public:
  explicit DistinctJob(DistinctOperation operation) : Job(std::move(operation.context)), operation_(std::move(operation)) {}
  void run(Connection& connection) override;

  Batch values;

 private:
  DistinctOperation operation_;
};

}  // namespace kinship::sqlite
