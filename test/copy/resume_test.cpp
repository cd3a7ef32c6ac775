// A copy broken off at each of its calls and begun again: never a document lost or doubled, and no more written than
// missing. The faults are on either side; what a try leaves is what the next begins with.
#include <doctest/doctest.h>

#include <algorithm>

#include "copy/sides.hpp"
#include "support/race.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

std::uint64_t count_of(Side& side) {
  std::uint64_t count = 0;
  for (const char* collection : {"authors", "books", "reviews"}) count += side.count(collection);
  return count;
}

// Breaks the copy off at call `n` of `faulty`, begins it again, and checks the whole. False: there was no such call.
bool break_and_resume(Side& from, Side& to, Side& faulty, std::uint64_t n) {
  const CopyOptions options = CopyOptions().batch_documents(4);
  faulty.faults->fail_at(n);
  bool broken = false;
  try {
    copy(from, to, options);
  } catch (const error& e) {
    CHECK(e.code() == errc::unavailable);
    broken = true;
  }
  CHECK(broken == faulty.faults->failed());
  faulty.faults->fail_at(0);
  const std::uint64_t there = count_of(to);
  const CopyResult result = copy(from, to, options);
  CHECK(result.inserted + there == count_of(from));
  CHECK(result.documents == count_of(from));
  CHECK(contents(*from.driver) == contents(*to.driver));
  return broken;
}

}  // namespace

TEST_CASE("broken off at each call to the target, and resumed") {
  Embedded from;
  fill(from, 9);
  std::uint64_t n = 1;
  for (bool broken = true; broken; ++n) {
    Other to;
    broken = break_and_resume(from, to, to, n);
  }
  CHECK(n > 15);
}

TEST_CASE("broken off at each call to the source, and resumed") {
  Other from;
  fill(from, 9);
  std::uint64_t n = 1;
  for (bool broken = true; broken; ++n) {
    Embedded to;
    broken = break_and_resume(from, to, from, n);
  }
  CHECK(n > 10);
}

TEST_CASE("broken off again and again, it comes to its end, and its reports only grow") {
  Embedded from;
  Other to;
  fill(from, 40);
  std::uint64_t written = 0;
  CopyProgress last;
  auto watch = [&](const CopyProgress& progress) {
    CHECK(progress.documents >= last.documents);
    CHECK(progress.bytes >= last.bytes);
    CHECK(progress.collections >= last.collections);
    CHECK(progress.documents <= progress.documents_total);
    CHECK(progress.collections_total == 3);
    last = progress;
  };
  int tries = 0;
  for (bool done = false; !done && tries < 500; ++tries) {
    last = CopyProgress();
    to.faults->fail_at(8 + static_cast<std::uint64_t>(tries));
    try {
      written += copy(from, to, CopyOptions().batch_documents(3).on_progress(watch)).inserted;
      done = true;
    } catch (const error&) {
      const std::uint64_t there = count_of(to);
      CHECK(there >= written);
      written = there;
    }
  }
  to.faults->fail_at(0);
  CHECK(tries > 3);
  CHECK(count_of(to) == count_of(from));
  CHECK(last.collections == 3);
  CHECK(last.documents == count_of(from));
  CHECK(last.documents_total == last.documents);
  CHECK(contents(*from.driver) == contents(*to.driver));
}

TEST_CASE("cancelled at each call, it ends promptly, and goes on when it is begun again") {
  Embedded from;
  fill(from, 6);
  bool cancelled = true;
  std::uint64_t n = 1;
  for (; cancelled; ++n) {
    Other to;
    Canceller canceller;
    to.faults->run_at(n, [&] { canceller.cancel(); });
    const Raced raced = run(canceller.run(run_void(copy_database(from.db, to.db, CopyOptions().batch_documents(4)))));
    cancelled = raced.code == errc::cancelled;
    CHECK((cancelled || !raced.code));
    CHECK_FALSE(raced.in_asios_words);
    CHECK(raced.seconds < 5);
    to.faults->run_at(1'000'000, [] {});  // not the next copy, whose canceller is gone
    CHECK(copy(from, to).documents == count_of(from));
    CHECK(contents(*from.driver) == contents(*to.driver));
  }
  CHECK(n > 10);
}

TEST_CASE("what a report throws ends the copy, which then goes on") {
  Embedded from;
  Other to;
  fill(from, 9);
  int reports = 0;
  auto stop = [&](const CopyProgress&) {
    if (++reports == 3) throw std::runtime_error("enough");
  };
  CHECK_THROWS_WITH(copy(from, to, CopyOptions().batch_documents(4).on_progress(stop)), "enough");
  CHECK(count_of(to) == 8);
  CHECK(copy(from, to).inserted == count_of(from) - 8);
}
