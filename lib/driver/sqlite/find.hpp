// A find, compiled and run: its parts are reused by cursors, per-key finds and find-and-modify.
// Everything is compiled on the store's thread; errors of the query come from there.
#pragma once

#include <memory>
#include <optional>

#include "job.hpp"
#include "results.hpp"
#include "scan.hpp"

namespace kinship::sqlite {

struct FindQuery {
  /// `hint` is borrowed.
  FindQuery(FindOperation&& operation, std::string_view hint);

  FindOperation operation;
  std::string_view hint;
  Matcher matcher;
  Sorter sorter;
  std::optional<Projection> projection;
  bool sorts;

  const Projection* projected() const noexcept { return projection ? &*projection : nullptr; }
  PlanWish wish() const noexcept;
  /// Whether a candidate belongs to the result; `exact`: the plan has decided.
  bool accepts(bson::DocumentView document, bool exact, MatchDetails& details) const {
    if (positional_) return matcher.matches(document, details);
    return exact || matcher.matches(document);
  }

 private:
  bool positional_{};
};

/// Results in the order of the plan, a batch at a time.
class FindStream {
 public:
  FindStream(Connection& connection, const CollectionInfo& collection, const FindQuery& query, Plan plan);
  /// Up to `count` documents (0: all); sets `ended` when there is no more.
  Batch next(std::size_t count);
  bool ended() const noexcept { return ended_; }

 private:
  Connection& connection_;
  const FindQuery& query_;
  const Plan plan_;
  Scan scan_;
  std::uint64_t skip_, left_;
  bool ended_{};
};

/// The whole result.
Batch find_all(Connection& connection, const FindQuery& query);
/// FindOperation::per_key.
Batch find_per_key(Connection& connection, const CollectionInfo& collection, const FindQuery& query);
/// Whether a plan gives the order asked for by itself.
bool in_order(const FindQuery& query, const Plan& plan) noexcept;

class FindJob final : public Job {
 public:
  FindJob(std::shared_ptr<Store> store, FindOperation operation);
  void run(Connection& connection) override;

  FindReply reply;

 private:
  std::shared_ptr<Store> store_;
  FindOperation operation_;
};

}  // namespace kinship::sqlite
