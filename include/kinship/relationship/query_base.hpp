// The untyped half of Query<T>: an immutable description that every method copies, and the compiled calls that run it.
// Users see it only through Query<T>.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <kinship/query/condition.hpp>
#include <kinship/query/order.hpp>
#include <kinship/query/select.hpp>
#include <kinship/query/update.hpp>
#include <kinship/relationship/load.hpp>
#include <kinship/relationship/path.hpp>

namespace kinship {

class CascadeResult;

namespace detail {

struct QueryData;

class QueryBase {
 public:
  QueryBase() = default;
  QueryBase(std::shared_ptr<Scope> scope, const ModelInfo& model);
  /// Of one owner's relationship.
  explicit QueryBase(Handle relation);

  QueryBase where(Condition condition) const;
  QueryBase order_by(std::string field, int direction) const;
  QueryBase skip(std::uint64_t count) const;
  QueryBase limit(std::uint64_t count) const;
  QueryBase timeout(std::chrono::milliseconds duration) const;
  QueryBase select(Projection projection) const;
  QueryBase with(Path path) const;
  QueryBase strict() const;

  const std::shared_ptr<const QueryData>& data() const noexcept { return data_; }

 private:
  std::shared_ptr<QueryData> changed() const;
  std::shared_ptr<const QueryData> data_{};
};

awaitable<LoadedRange> run_all(QueryBase query);
awaitable<LoadedRange> run_first(QueryBase query);
awaitable<std::uint64_t> run_count(QueryBase query);
awaitable<bool> run_exists(QueryBase query);
awaitable<std::uint64_t> run_update_all(QueryBase query, Update update);
awaitable<CascadeResult> run_remove_all(QueryBase query);

/// A result read in batches; the cursor in the store ends with it.
class StreamState;
awaitable<LoadedRange> run_next(std::shared_ptr<StreamState> state);
std::shared_ptr<StreamState> open_stream(QueryBase query, std::size_t batch);

}  // namespace detail
}  // namespace kinship
