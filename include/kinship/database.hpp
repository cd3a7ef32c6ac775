// Database: the handle everything starts from. `co_await kinship::connect("sqlite:blog.db")` makes one.
// Copies are cheap and share one store; a handle may be copied across threads.
#pragma once

#include <boost/asio/this_coro.hpp>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <kinship/cascade/plan.hpp>
#include <kinship/options.hpp>
#include <kinship/relationship/batch_load.hpp>
#include <kinship/relationship/query.hpp>

namespace kinship {

class Collection;

namespace detail {
// The compiled calls behind Database; the objects must outlive them.
awaitable<LoadedRange> get(std::shared_ptr<Scope> scope, const ModelInfo* model, Id id);
awaitable<LoadedRange> find_many(std::shared_ptr<Scope> scope, const ModelInfo* model, std::vector<Id> ids);
awaitable<void> insert(std::shared_ptr<Scope> scope, ObjectRange objects);
awaitable<void> save(std::shared_ptr<Scope> scope, ObjectRange objects);
awaitable<CascadeResult> remove(std::shared_ptr<Scope> scope, ObjectRef object);
awaitable<CascadePlan> plan_remove(std::shared_ptr<Scope> scope, ObjectRef object);
awaitable<void> ensure_indexes(std::shared_ptr<Scope> scope, std::vector<const ModelInfo*> models);
void register_models(Scope& scope, const std::vector<const ModelInfo*>& models);
void bind_object(const std::shared_ptr<Scope>& scope, void* object, const ModelInfo& model);
void detach_object(void* object, const ModelInfo& model);
/// One transaction: begun before the first try, committed or rolled back after each.
class TransactionRun;
std::shared_ptr<TransactionRun> new_transaction(std::shared_ptr<Scope> scope, std::string origin);
awaitable<void> begin_transaction(std::shared_ptr<TransactionRun> run);
const std::shared_ptr<Scope>& scope_of(const TransactionRun& run);
awaitable<void> commit_transaction(std::shared_ptr<TransactionRun> run);
/// A failure of the caller's work as it leaves: Asio's own cancellation is `errc::cancelled` where `cancelled` says so.
std::exception_ptr in_words(std::exception_ptr failure, boost::asio::cancellation_type cancelled);
/// Rolls back; true: the work may be tried again.
awaitable<bool> roll_back_transaction(std::shared_ptr<TransactionRun> run, std::exception_ptr failure);
template <class X>
constexpr void check_object() {
  static_assert(
      std::is_lvalue_reference_v<X> && !std::is_const_v<std::remove_reference_t<X>>,
      "kinship: name the object first: writing gives it an id and binds its relationships, a temporary would lose both");
}
template <class>
struct awaited;
template <class T>
struct awaited<awaitable<T>> {
  using type = T;
};

}  // namespace detail

class Database {
 public:
  /// A handle to nothing: every call throws `unavailable`.
  Database() = default;
  /// On a driver of the caller's; `kinship::connect` is the usual way.
  explicit Database(std::shared_ptr<Driver> driver);
  explicit Database(std::shared_ptr<detail::Scope> scope) : scope_(std::move(scope)) {}

  // Reading.

  /// The object of that key, or nothing. Concurrent calls on one executor share one query. A string is parsed as the
  /// key's type (`type_mismatch` if it is none).
  template <class T>
  [[nodiscard("co_await it")]] awaitable<std::optional<T>> get(Id id) const {
    return get_of<T>(scope_, std::move(id));
  }
  /// The objects of these keys, in their order, absent ones left out, duplicates kept. One query a chunk of keys.
  template <class T>
  [[nodiscard("co_await it")]] awaitable<Rows<T>> find_many(std::vector<Id> ids) const {
    return find_many_of<T>(scope_, std::move(ids));
  }
  template <class T, class Key>
    requires(!std::is_same_v<Key, Id>)
  [[nodiscard("co_await it")]] awaitable<Rows<T>> find_many(const std::vector<Key>& ids) const {
    return find_many_of<T>(scope_, std::vector<Id>(ids.begin(), ids.end()));
  }
  /// All of a model, to be narrowed down; see Query.
  template <class T>
  Query<T> find() const {
    return Query<T>(detail::QueryBase(scope_, detail::model_info<T>()));
  }

  // Writing. Objects are named lvalues that outlive the call; each gets its key and its relationships are bound.

  /// One store operation. A nil ObjectId is made; a taken key is `duplicate_key` with collection, index and key.
  template <class X>
  [[nodiscard("co_await it")]] awaitable<void> insert(X&& object) const {
    detail::check_object<X>();
    return detail::insert(scope_, detail::ObjectRange(&object, 1, detail::model_info<std::remove_cvref_t<X>>()));
  }
  /// All of them in as few operations as the store's messages allow; they become siblings. Ordered: on an error those
  /// before it are stored (`outcome()` is `partial`), unless in a transaction.
  template <class T>
  [[nodiscard("co_await it")]] awaitable<void> insert_many(std::vector<T>& objects) const {
    return detail::insert(scope_, detail::ObjectRange(objects.data(), objects.size(), detail::model_info<T>()));
  }
  /// Inserts when the id is nil; else stores the fields that differ from what was read. Never resurrects: no match is
  /// `not_found`; a changed id is refused. One store operation, none when nothing differs.
  template <class X>
  [[nodiscard("co_await it")]] awaitable<void> save(X&& object) const {
    detail::check_object<X>();
    return detail::save(scope_, detail::ObjectRange(&object, 1, detail::model_info<std::remove_cvref_t<X>>()));
  }
  template <class T>
  [[nodiscard("co_await it")]] awaitable<void> save_many(std::vector<T>& objects) const {
    return detail::save(scope_, detail::ObjectRange(objects.data(), objects.size(), detail::model_info<T>()));
  }
  template <class T>
  [[nodiscard("co_await it")]] awaitable<void> save_many(Rows<T>& objects) const {
    return detail::save(scope_, detail::ObjectRange(objects.data(), objects.size(), detail::model_info<T>()));
  }

  /// Removes the object and what its relationships say goes with it: in one transaction, or children first where there are
  /// none; `restricted` before anything is written. Operations grow with levels and chunks. No match is `not_found`.
  template <class X>
  [[nodiscard("co_await it")]] awaitable<CascadeResult> remove(X&& object) const {
    detail::check_object<X>();
    return detail::remove(scope_, detail::ObjectRef(&object, detail::model_info<std::remove_cvref_t<X>>()));
  }
  /// What `remove` would touch, as data; nothing is written.
  template <class T>
  [[nodiscard("co_await it")]] awaitable<CascadePlan> plan_remove(T& object) const {
    return detail::plan_remove(scope_, detail::ObjectRef(const_cast<std::remove_const_t<T>*>(&object),
                                                         detail::model_info<std::remove_const_t<T>>()));
  }
  /// Changes all that match; returns how many did. One store operation.
  template <class T>
  [[nodiscard("co_await it")]] awaitable<std::uint64_t> update_many(Condition condition, Update update) const {
    return find<T>().where(std::move(condition)).update_all(std::move(update));
  }
  /// Removes all that match and what their relationships say goes with them, as `remove` does.
  template <class T>
  [[nodiscard("co_await it")]] awaitable<CascadeResult> remove_many(Condition condition) const {
    return find<T>().where(std::move(condition)).remove_all();
  }

  // Relationships of many owners.

  /// Loads a path of relationships for all owners (rows, a vector, one object): one query a step for a chunk of owners.
  /// What is loaded already stays. The owners must outlive the call.
  template <class Owners, class... Steps>
  [[nodiscard("co_await it")]] awaitable<void> batch_load(Owners&& owners, const Steps&... steps) const {
    using T = detail::owner_of<Owners>;
    return detail::batch_load(scope_, detail::owners_of(owners), detail::make_path<T>(steps...));
  }
  /// How many each owner has, in the owners' order. One query a chunk of owners (two through a join model).
  template <class Owners, class StepLike>
  [[nodiscard("co_await it")]] awaitable<std::vector<std::uint64_t>> batch_count(Owners&& owners,
                                                                                 const StepLike& step) const {
    using T = detail::owner_of<Owners>;
    return detail::batch_count(scope_, detail::owners_of(owners), detail::make_path<T>(step));
  }

  // Transactions and handles.

  /// Runs `fn(tx)` in one transaction and returns its value; a conflict runs it again. Only what goes through `tx`, or was
  /// loaded or bound through it, takes part. Nested ones join. A throwing `fn` rolls everything back, objects included;
  /// those without relationship members cannot be followed: their new ids and versions stay and count as never stored.
  template <class Fn>
  [[nodiscard("co_await it")]] auto transaction(Fn&& fn, const char* file = __builtin_FILE(),
                                                unsigned line = __builtin_LINE()) const {
    static_assert(
        std::is_lvalue_reference_v<Fn> || std::is_trivially_destructible_v<std::remove_cvref_t<Fn>>,
        "kinship: name the lambda first: `auto work = [&](kinship::Database tx) -> kinship::awaitable<void> {...}; "
        "co_await db.transaction(work);` (g++ 12 would destroy a temporary one twice)");
    using Result = typename detail::awaited<std::invoke_result_t<Fn&, Database>>::type;
    if constexpr (std::is_lvalue_reference_v<Fn>)
      return transaction_of<Result, std::remove_reference_t<Fn>*>(scope_, &fn,
                                                                  std::string(file) + ":" + std::to_string(line));
    else
      return transaction_of<Result, std::remove_cvref_t<Fn>>(scope_, fn, std::string(file) + ":" + std::to_string(line));
  }
  /// A copy of `object` whose relationships use this handle (a transaction's, say). No query.
  template <class T>
  T bind(const T& object) const {
    T copy = object;
    detail::bind_object(scope_, &copy, detail::model_info<T>());
    return copy;
  }
  /// A handle that carries these options and counts its own operations.
  Database with_options(Options options) const;

  // The store.

  /// Makes the models and those they lead to known to cascades; checks their mappings (`invalid_model`). No query.
  template <class... T>
  void models() const {
    detail::register_models(*required(), {&detail::model_info<T>()...});
  }
  /// Creates the indexes of the mappings and one for every foreign key, where missing.
  template <class... T>
  [[nodiscard("co_await it")]] awaitable<void> ensure_indexes() const {
    return detail::ensure_indexes(scope_, {&detail::model_info<T>()...});
  }
  /// Raw documents; in a transaction's handle they take part in it. Include <kinship/collection.hpp>.
  Collection collection(std::string name) const;
  /// A consistent copy of the store at `path`, which must not exist.
  [[nodiscard("co_await it")]] awaitable<void> backup(std::string path) const;
  /// The store's own command, in its own language (`unsupported` where it has none).
  [[nodiscard("co_await it")]] awaitable<nlohmann::ordered_json> command(const nlohmann::ordered_json& command) const;
  /// Refuses new work, lets what is under way end, cancels what has not by the deadline, joins threads.
  [[nodiscard("co_await it")]] awaitable<void> close(std::chrono::steady_clock::time_point deadline) const;
  [[nodiscard("co_await it")]] awaitable<void> close(std::chrono::milliseconds grace = std::chrono::seconds(10)) const {
    return close(std::chrono::steady_clock::now() + grace);
  }

  /// Counts of this handle's operations, and of the store's connections, servers and retries.
  Stats stats() const;
  /// Calls `fn` with every event that its parameter names (observe.hpp): `[](const kinship::RetryEvent& event) {...}`. One
  /// that is overloaded or generic gets operations alone, unless events are named: `db.observe<PoolEvent, RetryEvent>(fn)`.
  /// What nobody takes costs nothing.
  ///
  /// Operations are told when they have ended, on the thread that awaited them, and so are transactions that run again. All
  /// else is told by the executor that called `connect`, as a handler of its own, soon after it happened: one event after
  /// the other, in order, so that `time` says when. No lock is held: `fn` may use the database, but what it starts is told
  /// as well. It should be quick: it has the loop meanwhile, and of driver events that wait only 4096 are kept (the newer
  /// ones are counted by `stats().events_lost`). What it throws is swallowed.
  ///
  /// `fn` is kept until its Observation is ended, until `close` has told it the last events, or until the last handle and
  /// the operations under way are gone; then it is not called any more (of the last case: but for a call being made just
  /// then). Events of before are gone; ConnectOptions::observe hears them all. The embedded store tells operations, warnings
  /// and transactions that run again: it has neither servers nor connections to lose.
  template <class... Events, class Fn>
  Observation observe(Fn fn, ObserveOptions options = ObserveOptions()) const {
    return observe_with(detail::make_observer<Events...>(std::move(fn), options));
  }
  /// The same of operations and warnings only, for C and the like: `context` must outlive the registration.
  Observation observe(void (*fn)(const OperationEvent&, void*), void* context = nullptr) const {
    return observe([fn, context](const OperationEvent& event) { fn(event, context); });
  }

  const std::shared_ptr<detail::Scope>& scope() const noexcept { return scope_; }

 private:
  const std::shared_ptr<detail::Scope>& required() const;
  Observation observe_with(std::shared_ptr<detail::Observer> observer) const;

  template <class T>
  static awaitable<std::optional<T>> get_of(std::shared_ptr<detail::Scope> scope, Id id) {
    detail::LoadedRange range = co_await detail::get(std::move(scope), &detail::model_info<T>(), std::move(id));
    std::optional<T> result;
    if (range.count() != 0) result = std::move(*static_cast<T*>(range.first()));  // nobody else has it
    co_return result;
  }
  template <class T>
  static awaitable<Rows<T>> find_many_of(std::shared_ptr<detail::Scope> scope, std::vector<Id> ids) {
    detail::LoadedRange range = co_await detail::find_many(std::move(scope), &detail::model_info<T>(), std::move(ids));
    co_return Rows<T>(range);
  }
  template <class Result, class Fn>
  static awaitable<Result> transaction_of(std::shared_ptr<detail::Scope> scope, Fn fn, std::string origin);

  std::shared_ptr<detail::Scope> scope_{};
};

template <class Result, class Fn>
awaitable<Result> Database::transaction_of(std::shared_ptr<detail::Scope> scope, Fn fn, std::string origin) {
  const std::shared_ptr<detail::TransactionRun> run = detail::new_transaction(std::move(scope), std::move(origin));
  for (;;) {
    co_await detail::begin_transaction(run);
    std::exception_ptr failure;
    try {
      Database tx(detail::scope_of(*run));
      if constexpr (std::is_void_v<Result>) {
        if constexpr (std::is_pointer_v<Fn>)
          co_await (*fn)(tx);
        else
          co_await fn(tx);
        co_await detail::commit_transaction(run);
        co_return;
      } else if constexpr (std::is_pointer_v<Fn>) {
        Result result = co_await (*fn)(tx);
        co_await detail::commit_transaction(run);
        co_return result;
      } else {
        Result result = co_await fn(tx);
        co_await detail::commit_transaction(run);
        co_return result;
      }
    } catch (...) {
      failure = std::current_exception();
    }
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    failure = detail::in_words(failure, state.cancelled());
    // A cancelled coroutine would throw at the next co_await, and the rollback must be awaited.
    const bool throwing = co_await boost::asio::this_coro::throw_if_cancelled();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    const bool again = co_await detail::roll_back_transaction(run, failure);
    co_await boost::asio::this_coro::throw_if_cancelled(throwing);
    if (!again) std::rethrow_exception(failure);
  }
}

/// Leaves the cohort: `object` keeps what it loaded and no longer its siblings' rows alive. No query.
template <class T>
void detach(T& object) {
  detail::detach_object(&object, detail::model_info<T>());
}

/// Opens a store: `sqlite:PATH`, `sqlite::memory:`, `mongodb://...`, `mongodb+srv://...`. Throws `unavailable`,
/// `unauthorized`, `invalid_query` for a URI it does not know, `unsupported` for what this build has no driver for.
[[nodiscard("co_await it")]] awaitable<Database> connect(std::string uri, ConnectOptions options = ConnectOptions());

}  // namespace kinship
