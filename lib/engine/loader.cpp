// Joining: the first load of a shape opens a line and leads it; after one post it leaves, alone or with those that gathered.
// With others the query runs detached from its awaiters: a cancelled one leaves the others alone.
#include "engine/loader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include "engine/gate.hpp"

namespace kinship::detail {

namespace asio = boost::asio;

/// Loads that go together, or one on its own so far.
struct Loader::Joined {
  plan::Shape shape{};  // of the only load, which has no lookup yet
  Keys keys{};
  Trace trace{};
  std::size_t members{1};
  std::shared_ptr<plan::Lookup> lookup{};
  std::shared_ptr<Gate> gate{};  // for those who wait while somebody else asks
  std::shared_ptr<const plan::Groups> groups{};

  std::vector<std::uint32_t> look_up(const Keys& some, const Driver& driver) {
    if (!lookup) lookup = std::make_shared<plan::Lookup>(std::move(shape), driver.capabilities());
    std::vector<std::uint32_t> numbers;
    numbers.reserve(some.values().size());
    for (const bson::ValueView key : some.values()) numbers.push_back(lookup->add(key));
    return numbers;
  }
  /// One key that needs no grouping needs no lookup.
  bool is_plain() const;
};

struct Loader::Line {
  asio::any_io_executor executor{};
  const Scope* scope{};
  plan::Shape shape{};
  std::size_t hash{};
  JoinedPtr gathering{};
};

/// Where a load stands: whom it goes with, and whether it is the one to see to the line.
struct Loader::Place {
  LinePtr line{};
  JoinedPtr joined{};
  std::vector<std::uint32_t> numbers{};  // of its keys in the lookup, if there is one
  bool leads{};
};

bool Loader::Joined::is_plain() const {
  if (shape.key_field != "_id" || shape.count_only || shape.limit != 0 || shape.skip != 0 || keys.values().size() != 1 ||
      !shape.filter.view().find("_id").missing())
    return false;
  switch (keys.values().front().type()) {
    case bson::Type::object_id:
    case bson::Type::string:
    case bson::Type::int32:
    case bson::Type::int64:
    case bson::Type::binary:
      return true;
    default:
      return false;
  }
}

static FindOperation by_id(const plan::Shape& shape, bson::ValueView key) {
  FindOperation operation;
  operation.collection = shape.collection;
  bson::Builder filter;
  filter.append("_id", key);
  for (const auto& element : shape.filter.view()) filter.append(element.name, element.value);
  operation.filter = filter.finish();
  operation.projection = shape.projection;
  return operation;
}

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

static awaitable<Answer> load_alone(ScopePtr scope, plan::Shape shape, Keys keys, Trace trace) {
  auto lookup = std::make_shared<plan::Lookup>(std::move(shape), scope->core->driver->capabilities());
  std::vector<std::uint32_t> numbers;
  numbers.reserve(keys.values().size());
  for (const bson::ValueView key : keys.values()) numbers.push_back(lookup->add(key));
  std::shared_ptr<const plan::Groups> groups = co_await run_lookup(std::move(scope), std::move(lookup), std::move(trace));
  co_return Answer(std::move(groups), std::move(numbers));
}

awaitable<Answer> Loader::load(ScopePtr scope, plan::Shape shape, Keys keys, Trace trace) {
  if (scope->in_transaction()) return load_alone(std::move(scope), std::move(shape), std::move(keys), std::move(trace));
  auto joined = std::make_shared<Joined>();
  joined->shape = std::move(shape);
  joined->keys = std::move(keys);
  joined->trace = std::move(trace);
  return load_joined(std::move(scope), std::move(joined));
}

Loader::Place Loader::join(const Scope& scope, const asio::any_io_executor& executor, JoinedPtr own) {
  Place place;
  const std::size_t hash = own->shape.hash() ^ reinterpret_cast<std::uintptr_t>(&scope);
  const std::lock_guard lock(mutex_);
  const auto [first, last] = lines_.equal_range(hash);
  for (auto candidate = first; candidate != last && !place.line; ++candidate) {
    const Line& line = *candidate->second;
    if (line.scope == &scope && line.executor == executor && line.shape.same_query(own->shape))
      place.line = candidate->second;
  }
  const Driver& driver = *scope.core->driver;
  if (!place.line) {
    place.leads = true;
    place.line = std::make_shared<Line>();
    place.line->executor = executor;
    place.line->scope = &scope;
    place.line->shape = own->shape;
    place.line->hash = hash;
    place.line->gathering = own;
    lines_.emplace(hash, place.line);
    if (!own->is_plain()) place.numbers = own->look_up(own->keys, driver);
    place.joined = std::move(own);
    return place;
  }
  JoinedPtr& joined = place.line->gathering;
  if (!joined) {
    joined = std::move(own);
    place.numbers = joined->look_up(joined->keys, driver);
  } else {
    if (!joined->lookup) joined->look_up(joined->keys, driver);  // its first load has the first numbers
    place.numbers = joined->look_up(own->keys, driver);
    ++joined->members;
  }
  if (!joined->gate) joined->gate = std::make_shared<Gate>();
  place.joined = joined;
  return place;
}

Loader::JoinedPtr Loader::take(Line& line) {
  const std::lock_guard lock(mutex_);
  return std::exchange(line.gathering, nullptr);
}

bool Loader::close(const LinePtr& line, std::size_t own) {
  const std::lock_guard lock(mutex_);
  if (line->gathering && line->gathering->members > own) return false;
  line->gathering = nullptr;
  const auto [first, last] = lines_.equal_range(line->hash);
  for (auto candidate = first; candidate != last; ++candidate) {
    if (candidate->second != line) continue;
    lines_.erase(candidate);
    break;
  }
  return true;
}

awaitable<void> Loader::serve(ScopePtr scope, LinePtr line, JoinedPtr joined) {
  const std::shared_ptr<Core> core = scope->core;  // the loader lives in it
  for (;;) {
    if (!joined) {
      co_await asio::post(line->executor, asio::use_awaitable);
      if (core->loader->close(line, 0)) co_return;
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

void Loader::spawn_server(ScopePtr scope, LinePtr line, JoinedPtr joined) {
  const asio::any_io_executor executor = line->executor;
  asio::co_spawn(executor, serve(std::move(scope), std::move(line), std::move(joined)), asio::detached);
}

/// The load that opened a line: it does not leave it without somebody who serves those that gathered since.
class Loader::Leader {
 public:
  Leader(ScopePtr scope, LinePtr line) : scope_(std::move(scope)), line_(std::move(line)) {}
  Leader(const Leader&) = delete;
  Leader& operator=(const Leader&) = delete;
  ~Leader() {  // still here: the event loop is gone, and with it whoever waits
    if (line_) scope_->core->loader->close(line_, static_cast<std::size_t>(-1));
  }

  /// False: others have come, and a server of their own takes all of them along.
  bool departs_alone() {
    Loader& loader = *scope_->core->loader;
    JoinedPtr joined = loader.take(*line_);
    own_ = 0;
    if (joined->members == 1) return true;
    spawn_server(scope_, std::move(line_), std::move(joined));
    return false;
  }
  /// Its answer is there, or it gives up.
  void end() {
    const LinePtr line = std::exchange(line_, nullptr);
    if (line && !scope_->core->loader->close(line, own_)) spawn_server(scope_, line, nullptr);
  }

 private:
  const ScopePtr scope_;
  LinePtr line_;
  std::size_t own_{1};  // of those that have gathered
};

awaitable<Answer> Loader::load_joined(ScopePtr scope, JoinedPtr joined) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  Place place = scope->core->loader->join(*scope, executor, std::move(joined));
  joined = std::move(place.joined);
  if (place.leads) {
    Leader leader(scope, std::move(place.line));
    std::exception_ptr failure;
    try {
      co_await asio::post(asio::use_awaitable);
      if (leader.departs_alone()) {
        if (joined->lookup) {
          std::shared_ptr<const plan::Groups> groups = co_await run_lookup(scope, joined->lookup, joined->trace);
          leader.end();
          co_return Answer(std::move(groups), std::move(place.numbers));
        }
        // Apart, so that the arguments are gone before the frame suspends.
        awaitable<FindReply> task =
            find(scope, by_id(joined->shape, joined->keys.values().front()), std::move(joined->trace));
        FindReply reply = co_await std::move(task);
        leader.end();
        co_return Answer(std::move(reply.first));
      }
    } catch (...) {
      failure = std::current_exception();
    }
    leader.end();
    if (failure) std::rethrow_exception(failure);
    if (place.numbers.empty()) place.numbers.push_back(0);  // it was plain until others came
  }
  co_await joined->gate->wait();
  co_return Answer(joined->groups, std::move(place.numbers));
}

}  // namespace kinship::detail
