// ObjectId: text form, order, uniqueness across threads and forks.
// The hash must tell ids apart that differ only in their counter.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <kinship/error.hpp>
#include <kinship/value/object_id.hpp>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

using kinship::ObjectId;

TEST_CASE("hex goes in and comes out") {
  const ObjectId id("65ab0000ffFF010203040506");
  CHECK(id.to_string() == "65ab0000ffff010203040506");
  CHECK(id.timestamp() == 0x65ab0000);
  CHECK(ObjectId::parse("65ab0000ffff010203040506") == id);
  CHECK_FALSE(ObjectId::parse("65ab0000ffff01020304050g"));
  CHECK_FALSE(ObjectId::parse("65ab"));
  CHECK_THROWS_WITH_AS(ObjectId("nonsense"), "'nonsense' is not an ObjectId: write 24 hexadecimal digits", kinship::error);
  std::ostringstream out;
  out << id;
  CHECK(out.str() == id.to_string());
}

TEST_CASE("made ids are new, rising and of now") {
  const ObjectId a = ObjectId::make(), b = ObjectId::make();
  CHECK(a != b);
  CHECK_FALSE(a.is_nil());
  CHECK(ObjectId().is_nil());
  CHECK(a.timestamp() + 5 > static_cast<std::uint32_t>(std::time(nullptr)));
  CHECK(std::hash<ObjectId>{}(a) != std::hash<ObjectId>{}(b));
}

TEST_CASE("threads never make the same id") {
  std::vector<ObjectId> made[4];
  std::vector<std::thread> threads;
  for (auto& list : made)
    threads.emplace_back([&list] {
      for (int i = 0; i < 2000; ++i) list.push_back(ObjectId::make());
    });
  for (auto& thread : threads) thread.join();
  std::set<ObjectId> all;
  for (auto& list : made) all.insert(list.begin(), list.end());
  CHECK(all.size() == 8000);
}

TEST_CASE("a forked child makes other ids") {
  (void)ObjectId::make();
  int pipes[2];
  REQUIRE(pipe(pipes) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const ObjectId id = ObjectId::make();
    const auto written = write(pipes[1], id.bytes().data(), 12);
    _exit(written == 12 ? 0 : 1);
  }
  ObjectId::Bytes bytes{};
  CHECK(read(pipes[0], bytes.data(), 12) == 12);
  int status = 0;
  waitpid(child, &status, 0);
  close(pipes[0]);
  close(pipes[1]);
  const ObjectId mine = ObjectId::make();
  CHECK_FALSE(std::equal(bytes.begin() + 4, bytes.begin() + 9, mine.bytes().begin() + 4));
}
