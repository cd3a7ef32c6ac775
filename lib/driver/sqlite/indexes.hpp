// Making an index over what is there, and dropping a collection; both in one write transaction.
#pragma once

#include "job.hpp"

namespace kinship::sqlite {

class CreateIndexJob final : public Job {
 public:
  explicit CreateIndexJob(CreateIndexOperation operation)
      : Job(std::move(operation.context)), operation_(std::move(operation)) {}
  void run(Connection& connection) override;
  bool writes() const noexcept override { return true; }

 private:
  CreateIndexOperation operation_;
};

class DropJob final : public Job {
 public:
  DropJob(std::string collection, OperationContext context) : Job(std::move(context)), collection_(std::move(collection)) {}
  void run(Connection& connection) override { connection.catalog().drop(connection, collection_); }
  bool writes() const noexcept override { return true; }

 private:
  std::string collection_;
};

}  // namespace kinship::sqlite
