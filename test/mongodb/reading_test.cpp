// Which member answers a read, by the URI's preference, and reads that are tried again. The front counts.
#include <doctest/doctest.h>

#include "mongodb/front.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

/// Thirty reads with these options in the URI; how many each member got.
std::vector<int> reads(const Front& front, const std::string& options) {
  Watched db(front.uri(options));
  db.wait_until_all_known();
  for (int i = 0; i < 30; ++i) db.find();
  return {front.count(0, "find"), front.count(1, "find"), front.count(2, "find")};
}

using Counts = std::vector<int>;

}  // namespace

TEST_CASE("reads go to the primary unless a preference says otherwise") {
  if (!has_front()) return;
  const Front front;
  CHECK(reads(front, "appName=plain") == Counts{30, 0, 0});
}

TEST_CASE("secondaries share the reads that prefer them") {
  if (!has_front()) return;
  const Front front;
  const Counts counts = reads(front, "readPreference=secondary&localThresholdMS=10000");
  CHECK(counts[0] == 0);
  CHECK(counts[1] > 0);
  CHECK(counts[2] > 0);
  const auto log = front.log("find");
  CHECK(log.at(0)["$readPreference"].as_document()["mode"].as_string() == "secondary");
}

TEST_CASE("tags choose among them") {
  if (!has_front()) return;
  const Front front;
  front.tag(1, "dc", "west");
  front.tag(2, "dc", "east");
  CHECK(reads(front, "readPreference=secondary&readPreferenceTags=dc:east") == Counts{0, 0, 30});
}

TEST_CASE("secondaryPreferred falls back on the primary when the tags fit nobody") {
  if (!has_front()) return;
  const Front front;
  CHECK(reads(front, "readPreference=secondaryPreferred&readPreferenceTags=dc:north") == Counts{30, 0, 0});
}

TEST_CASE("maxStalenessSeconds leaves out who is behind") {
  if (!has_front()) return;
  const Front front;
  front.lag(1, 1000);
  CHECK(reads(front, "readPreference=secondary&maxStalenessSeconds=120") == Counts{0, 0, 30});
}

TEST_CASE("nearest goes to whoever answers fastest") {
  if (!has_front()) return;
  const Front front;
  front.slow_down(0, 300);
  front.slow_down(2, 300);
  CHECK(reads(front, "readPreference=nearest&localThresholdMS=100") == Counts{0, 30, 0});
}

TEST_CASE("a read whose connection breaks is tried again, on another member if it may") {
  if (!has_front()) return;
  const Front front;
  front.fail(1, "find", doc("closeConnection", true));
  front.tag(1, "first", "yes");
  Watched db(front.uri("readPreference=secondary&readPreferenceTags=first:yes&readPreferenceTags="));
  db.wait_until_all_known();
  CHECK(db.find().empty());
  CHECK(front.count(1, "find") == 1);
  CHECK(front.count(2, "find") == 1);
}

TEST_CASE("a read that a primary refuses because it is none any more goes to the next one") {
  if (!has_front()) return;
  const Front front;
  front.hold_elections();
  Watched db(front.uri("heartbeatFrequencyMS=60000"));
  db.wait_until_all_known();
  front.fail(0, "find", doc("errorCode", 11602));
  CHECK(db.find().empty());
  CHECK(front.count(0, "find") == 2);
}

TEST_CASE("without retryReads the first failure is the answer, with its host and operation") {
  if (!has_front()) return;
  const Front front;
  Watched db(front.uri("retryReads=false"));
  db.wait_until_all_known();
  front.fail(0, "find", doc("closeConnection", true));
  std::string text;
  CHECK(code_of([&] { db.find(); }, &text) == errc::unavailable);
  CHECK(text.find("find on " + front.member(0)) != std::string::npos);
  CHECK(front.count(0, "find") == 1);
}
