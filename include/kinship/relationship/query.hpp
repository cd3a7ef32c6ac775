// Query<T>: what to read, as a value; nothing happens until one of its awaitable calls.
// `co_await db.find<User>().where({"active", true}).order_by<&User::name>().limit(50).all()`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <kinship/query/member_path.hpp>
#include <kinship/relationship/query_base.hpp>
#include <kinship/relationship/rows.hpp>

namespace kinship {

/// Rows in batches: `while (auto rows = co_await stream.next())`-like, an empty batch is the end. Relationships asked for by
/// `with` and siblings load per batch. One reader at a time.
template <class T>
class Stream {
 public:
  explicit Stream(std::shared_ptr<detail::StreamState> state) : state_(std::move(state)) {}

  /// The next batch; empty at the end. One store operation, and those of `with`.
  [[nodiscard("co_await it")]] awaitable<Rows<T>> next() { return next_of(state_); }

 private:
  static awaitable<Rows<T>> next_of(std::shared_ptr<detail::StreamState> state) {
    detail::LoadedRange range = co_await detail::run_next(std::move(state));
    co_return Rows<T>(range);
  }
  std::shared_ptr<detail::StreamState> state_;
};

/// Immutable: methods return a new query, so a query can be kept and varied. Fields and values are checked when it runs
/// (`unknown_field`, `type_mismatch`). Copies are cheap; use from any thread.
template <class T>
class Query {
 public:
  explicit Query(detail::QueryBase base) : base_(std::move(base)) {}

  /// Repeated `where` is AND.
  Query where(Condition condition) const { return Query(base_.where(std::move(condition))); }
  template <auto Field>
  Query order_by(int direction = 1) const {
    static_assert(std::is_same_v<detail::OwnerOf<Field>, T>, "kinship: wrong model: order by a member of the model queried");
    return Query(base_.order_by(detail::path_name<Field>(), direction));
  }
  Query order_by(std::string field, int direction = 1) const { return Query(base_.order_by(std::move(field), direction)); }
  Query skip(std::uint64_t count) const { return Query(base_.skip(count)); }
  /// At most so many; 0 is "no limit".
  Query limit(std::uint64_t count) const { return Query(base_.limit(count)); }
  /// The call ends with `errc::timeout` after this.
  Query timeout(std::chrono::milliseconds duration) const { return Query(base_.timeout(duration)); }
  /// Reads these members only (and the key). Such partial objects refuse `save`.
  template <auto... Fields>
  Query select() const {
    static_assert((std::is_same_v<detail::OwnerOf<Fields>, T> && ...),
                  "kinship: wrong model: select members of the model queried");
    return Query(base_.select(kinship::select<Fields...>()));
  }
  /// Loads a path of relationships with the result: one query a step for a chunk of owners. A step with a condition, order
  /// or limit of its own (`kinship::step`) fills iteration only; `all()` on it still fetches the whole.
  template <class... Steps>
  Query with(const Steps&... steps) const {
    return Query(base_.with(detail::make_path<T>(steps...)));
  }
  /// Relationships of the result never load by themselves: what was not asked for throws `strict_loading`.
  Query strict() const { return Query(base_.strict()); }

  [[nodiscard("co_await it")]] awaitable<Rows<T>> all() const { return all_of(base_); }
  [[nodiscard("co_await it")]] awaitable<std::optional<T>> first() const { return first_of(base_); }
  [[nodiscard("co_await it")]] awaitable<std::uint64_t> count() const { return detail::run_count(base_); }
  [[nodiscard("co_await it")]] awaitable<bool> exists() const { return detail::run_exists(base_); }
  /// Roots in batches of `batch` rows, in the store's snapshot of the first call.
  Stream<T> stream(std::size_t batch = 1000) const { return Stream<T>(detail::open_stream(base_, batch)); }

  /// Changes all that match, without reading them. Returns how many matched.
  [[nodiscard("co_await it")]] awaitable<std::uint64_t> update_all(Update update) const {
    return detail::run_update_all(base_, std::move(update));
  }
  /// Removes all that match and what their relationships say goes with them, in one transaction.
  [[nodiscard("co_await it")]] awaitable<CascadeResult> remove_all() const { return detail::run_remove_all(base_); }

 private:
  static awaitable<Rows<T>> all_of(detail::QueryBase base) {
    detail::LoadedRange range = co_await detail::run_all(std::move(base));
    co_return Rows<T>(range);
  }
  static awaitable<std::optional<T>> first_of(detail::QueryBase base) {
    detail::LoadedRange range = co_await detail::run_first(std::move(base));
    std::optional<T> result;
    if (range.count() != 0) result = *static_cast<const T*>(range.first());
    co_return result;
  }

  detail::QueryBase base_;
};

}  // namespace kinship
