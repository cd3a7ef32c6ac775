// Runs a plan on a connection and hands over candidates one by one: each document once, unless asked otherwise.
// A row's bytes live until the next call.
#pragma once

#include <cstdint>
#include <unordered_set>

#include "connection.hpp"
#include "planner.hpp"

namespace kinship::sqlite {

class Scan {
 public:
  /// `plan` is borrowed. `each_key`: a document comes for every key it is found under.
  Scan(Connection& connection, const CollectionInfo& collection, const Plan& plan, bool each_key = false);

  bool next();
  bson::DocumentView document() const noexcept { return document_; }
  std::int64_t rid() const noexcept { return statement_.integer(1); }
  /// Which range of the plan the row came from.
  std::size_t range() const noexcept { return ordered_ ? 0 : static_cast<std::size_t>(statement_.integer(2)); }

  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

 private:
  bool next_branch();

  Connection& connection_;
  const CollectionInfo& collection_;
  const Plan& plan_;
  std::string high_;  // what the statement borrows
  std::size_t branch_{};
  Statement statement_;
  bson::DocumentView document_{};
  bool ordered_;
  bool once_;
  bool never_;
  std::unordered_set<std::int64_t> seen_;
};

/// One range of an index in its order, or backwards.
Statement open_range(Connection& connection, const CollectionInfo& collection, const Index& index, std::string_view low,
                     std::string_view high, bool backward);

}  // namespace kinship::sqlite
