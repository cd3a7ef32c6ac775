// Joining: the first load of a shape opens a line and leads it; after one post it leaves, alone or with those that gathered.
// With others the query runs detached from its awaiters: a cancelled one leaves the others alone.
#include "engine/loader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include "engine/gate.hpp"

namespace kinship::detail {

namespace asio = boost::asio;

static std::vector<std::uint32_t> numbers_of(plan::Lookup& lookup, const Keys& keys) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(keys.values().size());
  for (const bson::ValueView key : keys.values()) numbers.push_back(lookup.add(key));
  return numbers;
}

/// Loads that go together.
struct Loader::Joined {
  Joined(const plan::Shape& shape, const Driver& driver, const Keys& keys, Trace of_first)
      : trace(std::move(of_first)),
        lookup(std::make_shared<plan::Lookup>(shape, driver.capabilities())),
        first(numbers_of(*lookup, keys)) {}

  Trace trace;
  std::shared_ptr<plan::Lookup> lookup;
  std::vector<std::uint32_t> first;  // of the first one's keys in the lookup, until it takes them
  std::size_t members{1};
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();  // where they wait
  std::shared_ptr<const plan::Groups> groups{};
};

static awaitable<void> one_find(ScopePtr scope, FindOperation operation, Trace trace, std::vector<Batch>* result) {
  *result = co_await find_all(scope, std::move(operation), trace);
}

static awaitable<void> one_count(ScopePtr scope, GroupedCountOperation operation, Trace trace, std::vector<Batch>* result) {
  GroupedCountReply reply = co_await grouped_count(scope, std::move(operation), trace);
  result->push_back(std::move(reply.groups));
}

/// All chunks of a lookup, several in flight where the store allows it and no transaction is open.
static awaitable<std::shared_ptr<const plan::Groups>> run_lookup(ScopePtr scope, std::shared_ptr<plan::Lookup> lookup,
                                                                 Trace trace) {
  const std::size_t most = scope->in_transaction() ? 1 : scope->core->driver->capabilities().chunks_in_flight;
  const bool counts = lookup->shape().count_only;
  while (lookup->more()) {
    // Chunks may end on several threads: each has its own place, and the lookup takes them afterwards, in order.
    std::vector<std::vector<Batch>> results(std::max<std::size_t>(most, 1));
    std::vector<std::uint32_t> firsts;
    std::vector<awaitable<void>> chunks;
    do {
      firsts.push_back(lookup->asked());
      std::vector<Batch>* result = &results[chunks.size()];
      if (counts)
        chunks.push_back(one_count(scope, lookup->next_count(), trace, result));
      else
        chunks.push_back(one_find(scope, lookup->next_find(), trace, result));
    } while (chunks.size() < most && lookup->more());
    co_await when_all(std::move(chunks));
    for (std::size_t i = 0; i < firsts.size(); ++i)
      for (Batch& batch : results[i]) counts ? lookup->take_counts(batch) : lookup->take(std::move(batch), firsts[i]);
  }
  co_return std::make_shared<const plan::Groups>(lookup->finish());
}

Loader::Place Loader::join(const Scope& scope, const asio::any_io_executor& executor, plan::Shape& shape, const Keys& keys,
                           const Trace& trace) {
  Place place;
  const std::size_t hash = shape.hash() ^ reinterpret_cast<std::uintptr_t>(&scope);
  const std::lock_guard lock(mutex_);
  Line* line = nullptr;
  const auto [begin, end] = lines_.equal_range(hash);
  for (auto at = begin; at != end && line == nullptr; ++at)
    if (at->second.scope == &scope && at->second.executor == executor && at->second.shape.same_query(shape))
      line = &at->second;
  if (line == nullptr) {
    place.opened = &lines_.emplace(hash, Line(executor, &scope, std::move(shape), hash))->second;
    place.opened->first = &keys;
    place.opened->trace = &trace;
    return place;
  }
  const Driver& driver = *scope.core->driver;
  JoinedPtr& joined = line->gathering;
  if (!joined && line->first == nullptr) {
    joined = std::make_shared<Joined>(line->shape, driver, keys, trace);
    place.numbers = std::move(joined->first);
  } else {
    if (!joined) joined = std::make_shared<Joined>(line->shape, driver, *line->first, *line->trace);
    place.numbers = numbers_of(*joined->lookup, keys);
    ++joined->members;
  }
  place.joined = joined;
  return place;
}

Loader::JoinedPtr Loader::take(Line& line) {
  const std::lock_guard lock(mutex_);
  line.first = nullptr;
  return std::exchange(line.gathering, nullptr);
}

bool Loader::close(Line* line, bool whatever) {
  const std::lock_guard lock(mutex_);
  line->first = nullptr;
  if (line->gathering && !whatever) return false;
  const auto [begin, end] = lines_.equal_range(line->hash);
  lines_.erase(std::find_if(begin, end, [&](const auto& at) { return &at.second == line; }));
  return true;
}

awaitable<void> Loader::serve(ScopePtr scope, Line* line, JoinedPtr joined) {
  const std::shared_ptr<Core> core = scope->core;  // the loader lives in it
  for (;;) {
    if (!joined) {
      co_await asio::post(line->executor, asio::use_awaitable);
      if (core->loader->close(line)) co_return;
      joined = core->loader->take(*line);
    }
    std::exception_ptr failure;
    try {
      joined->groups = co_await run_lookup(scope, joined->lookup, joined->trace);
    } catch (...) {
      failure = std::current_exception();
    }
    if (joined->members > 1) {
      core->counters.joined.fetch_add(joined->members - 1, std::memory_order_relaxed);
      if (scope->counters) scope->counters->joined.fetch_add(joined->members - 1, std::memory_order_relaxed);
    }
    joined->gate->open(failure);
    joined = nullptr;
  }
}

void Loader::spawn_server(ScopePtr scope, Line* line, JoinedPtr joined) {
  const asio::any_io_executor executor = line->executor;
  asio::co_spawn(executor, serve(std::move(scope), line, std::move(joined)), asio::detached);
}

/// The load that opened a line, if it did: it does not leave it without somebody who serves those that gathered since.
class Loader::Leader {
 public:
  explicit Leader(ScopePtr scope) : scope_(std::move(scope)) {}
  Leader(const Leader&) = delete;
  Leader& operator=(const Leader&) = delete;
  ~Leader() {  // still here: the event loop is gone, and with it whoever waits
    if (line_ != nullptr) scope_->core->loader->close(line_, true);
  }

  void lead(Line* line) noexcept { line_ = line; }
  bool leads() const noexcept { return line_ != nullptr; }
  const plan::Shape& shape() const noexcept { return line_->shape; }

  /// Null: it goes alone. Else others have come, and a server of their own takes all of them along.
  JoinedPtr depart() {
    JoinedPtr joined = scope_->core->loader->take(*line_);
    if (joined) spawn_server(scope_, std::exchange(line_, nullptr), joined);
    return joined;
  }
  /// Its answer is there, or it gives up.
  void end() {
    Line* const line = std::exchange(line_, nullptr);
    if (line != nullptr && !scope_->core->loader->close(line)) spawn_server(scope_, line, nullptr);
  }

 private:
  const ScopePtr scope_;
  Line* line_{};
};

awaitable<Answer> Loader::load(ScopePtr scope, plan::Shape shape, Keys keys, Trace trace) {
  Leader leader(scope);  // goes before what others see of its keys
  Place place;
  try {
    if (!scope->in_transaction()) {
      const asio::any_io_executor executor = co_await asio::this_coro::executor;
      place = scope->core->loader->join(*scope, executor, shape, keys, trace);
      if (place.opened != nullptr) {
        leader.lead(place.opened);
        co_await asio::post(asio::deferred);
        place.joined = leader.depart();
        if (place.joined) place.numbers = std::move(place.joined->first);
      }
    }
    if (!place.joined) {
      const plan::Shape& own = leader.leads() ? leader.shape() : shape;
      if (plan::is_by_id(own, keys.values())) {
        // Apart, so that the arguments are gone before the frame suspends.
        awaitable<FindReply> task = find(scope, plan::find_by_id(own, keys.values().front()), std::move(trace));
        FindReply reply = co_await std::move(task);
        leader.end();
        co_return Answer(std::move(reply.first));
      }
      auto lookup = std::make_shared<plan::Lookup>(own, scope->core->driver->capabilities());
      place.numbers = numbers_of(*lookup, keys);
      std::shared_ptr<const plan::Groups> groups = co_await run_lookup(scope, std::move(lookup), std::move(trace));
      leader.end();
      co_return Answer(std::move(groups), std::move(place.numbers));
    }
  } catch (...) {
    leader.end();
    throw;
  }
  co_await place.joined->gate->wait();
  co_return Answer(place.joined->groups, std::move(place.numbers));
}

}  // namespace kinship::detail
