// The few commands an embedded store answers: ping, dbStats, collStats, listCollections, listIndexes.
#pragma once

#include "job.hpp"

namespace kinship::sqlite {

class CommandJob final : public Job {
 public:
  CommandJob(bson::Document command, OperationContext context) : Job(std::move(context)), command_(std::move(command)) {}
  void run(Connection& connection) override;

  bson::Document reply;

 private:
  bson::Document command_;
};

}  // namespace kinship::sqlite
