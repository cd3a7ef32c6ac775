// Joining: the first load of a shape opens a line and spawns its server; the server leaves after one post.
// The query runs detached from its awaiters: a cancelled one leaves the others alone.
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

struct Loader::Joined {
  std::shared_ptr<plan::Lookup> lookup;
  std::shared_ptr<const plan::Groups> groups;
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  Trace trace;
  std::size_t members{};
};

struct Loader::Line {
  asio::any_io_executor executor;
  const Scope* scope{};
  std::shared_ptr<Joined> gathering;
};

static awaitable<void> one_find(ScopePtr scope, FindOperation operation, Trace trace, std::vector<Batch>* result) {
  *result = co_await find_all(scope, std::move(operation), trace);
}

static awaitable<void> one_count(ScopePtr scope, GroupedCountOperation operation, Trace trace, std::vector<Batch>* result) {
  GroupedCountReply reply = co_await grouped_count(scope, std::move(operation), trace);
  result->push_back(std::move(reply.groups));
}

static awaitable<plan::Groups> run_lookup_of(ScopePtr scope, std::shared_ptr<plan::Lookup> lookup, Trace trace) {
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
  co_return lookup->finish();
}
awaitable<plan::Groups> run_lookup(ScopePtr scope, std::shared_ptr<plan::Lookup> lookup, Trace trace) {
  return run_lookup_of(std::move(scope), std::move(lookup), std::move(trace));
}

static awaitable<Answer> load_alone(ScopePtr scope, plan::Shape shape, Keys keys, Trace trace) {
  auto lookup = std::make_shared<plan::Lookup>(std::move(shape), scope->core->driver->capabilities());
  std::vector<std::uint32_t> numbers;
  numbers.reserve(keys.values().size());
  for (const bson::ValueView key : keys.values()) numbers.push_back(lookup->add(key));
  auto groups = std::make_shared<plan::Groups>();
  *groups = co_await run_lookup(std::move(scope), std::move(lookup), std::move(trace));
  co_return Answer(std::move(groups), std::move(numbers));
}

awaitable<Answer> Loader::load(ScopePtr scope, plan::Shape shape, Keys keys, Trace trace) {
  if (scope->in_transaction()) return load_alone(std::move(scope), std::move(shape), std::move(keys), std::move(trace));
  return load_joined(std::move(scope), std::move(shape), std::move(keys), std::move(trace));
}

awaitable<void> Loader::serve(ScopePtr scope, std::string signature, std::shared_ptr<Line> line) {
  for (;;) {
    co_await asio::post(line->executor, asio::use_awaitable);
    std::shared_ptr<Joined> joined;
    {
      const std::lock_guard lock(mutex_);
      joined = std::move(line->gathering);
      line->gathering = nullptr;
      if (!joined) {
        auto& lines = lines_[signature];
        lines.remove(line);
        if (lines.empty()) lines_.erase(signature);
        co_return;
      }
    }
    std::exception_ptr failure;
    try {
      auto groups = std::make_shared<plan::Groups>();
      *groups = co_await run_lookup(scope, joined->lookup, joined->trace);
      joined->groups = std::move(groups);
    } catch (...) {
      failure = std::current_exception();
    }
    if (joined->members > 1) {
      scope->core->counters.joined.fetch_add(joined->members - 1, std::memory_order_relaxed);
      if (scope->counters) scope->counters->joined.fetch_add(joined->members - 1, std::memory_order_relaxed);
    }
    joined->gate->open(failure);
    joined = nullptr;
  }
}

awaitable<Answer> Loader::load_joined(ScopePtr scope, plan::Shape shape, Keys keys, Trace trace) {
  std::string signature = shape.signature();
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const std::size_t capacity = keys.values().size();
  std::shared_ptr<Joined> joined;
  std::shared_ptr<Line> opened;
  std::vector<std::uint32_t> numbers;
  numbers.reserve(capacity);
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Line> line;
    auto& lines = lines_[signature];
    for (const auto& candidate : lines)
      if (candidate->scope == scope.get() && candidate->executor == executor) line = candidate;
    if (!line) {
      line = opened = std::make_shared<Line>();
      line->executor = executor;
      line->scope = scope.get();
      lines.push_back(line);
    }
    if (!line->gathering) {
      line->gathering = std::make_shared<Joined>();
      line->gathering->lookup = std::make_shared<plan::Lookup>(std::move(shape), scope->core->driver->capabilities());
      line->gathering->trace = std::move(trace);
    }
    joined = line->gathering;
    ++joined->members;
    for (const bson::ValueView key : keys.values()) numbers.push_back(joined->lookup->add(key));
  }
  if (opened) {
    auto core = scope->core;  // the loader lives in it
    asio::co_spawn(executor, serve(scope, std::move(signature), std::move(opened)), asio::detached);
  }
  co_await joined->gate->wait();
  co_return Answer(joined->groups, std::move(numbers));
}

}  // namespace kinship::detail
