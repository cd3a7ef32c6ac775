// A consistent copy of the store in a new file, made on a reader's thread while the store is in use.
#pragma once

#include <string>

#include "job.hpp"

namespace kinship::sqlite {

class BackupJob final : public Job {
 public:
  BackupJob(std::shared_ptr<Store> store, std::string path)
      : Job(OperationContext()), store_(std::move(store)), path_(std::move(path)) {}
  void run(Connection& connection) override;

 private:
  std::shared_ptr<Store> store_;
  std::string path_;
};

}  // namespace kinship::sqlite
