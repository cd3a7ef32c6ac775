// Every store call of a scenario fails, or is where it is cancelled, once, in turn, each time on a fresh database: the store
// is as before or as after, objects stay usable, and the same call again succeeds.
#pragma once

#include <functional>

#include "orm/blog_data.hpp"
#include "orm/desk.hpp"

namespace bench {

using namespace desk;
using kinship::testing::FaultyDriver;

/// Two clerks; ann has two items and slips and a badge; an article with two labels; a post with two tags.
struct Bench {
  std::shared_ptr<FaultyDriver> driver{};
  Clerk clerk{};
  Clerk other{};
  Article article{};
  blog::Post post{};
};

using Step = std::function<awaitable<void>(Database, Bench*)>;

enum class Does {
  change,  // all or nothing
  steps,   // several calls of ours: each is all or nothing
  read     // the store stays as it is
};

awaitable<Database> bench_in(Bench* bench);
/// All documents as text, without times, and of link rows only how many: their ids differ between runs.
awaitable<std::string> contents(Database db);

/// Each call ends with `unavailable`.
awaitable<void> with_faults(const char* name, Step step, Does does = Does::change);
/// The calling coroutine is cancelled when each call begins: that is `cancelled`, in Kinship's words.
awaitable<void> with_cancellations(const char* name, Step step, Does does = Does::change);

inline awaitable<void> with_both(const char* name, Step step, Does does = Does::change) {
  co_await with_faults(name, step, does);
  co_await with_cancellations(name, step, does);
}

}  // namespace bench
