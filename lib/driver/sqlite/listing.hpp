// What collections and indexes there are, read from the catalogue.
// Apart from the commands of the same names, whose replies have MongoDB's shape.
#pragma once

#include "job.hpp"

namespace kinship::sqlite {

class ListCollectionsJob final : public Job {
 public:
  explicit ListCollectionsJob(OperationContext context) : Job(std::move(context)) {}
  void run(Connection& connection) override;

  std::vector<CollectionListing> collections;
};

class ListIndexesJob final : public Job {
 public:
  ListIndexesJob(std::string collection, OperationContext context)
      : Job(std::move(context)), collection_(std::move(collection)) {}
  void run(Connection& connection) override;

  std::vector<IndexListing> indexes;

 private:
  std::string collection_;
};

}  // namespace kinship::sqlite
