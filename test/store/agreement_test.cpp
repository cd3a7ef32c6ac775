// Indexes never change an answer: random documents and filters, asked of a collection without indexes and of ones with some.
// KINSHIP_ROUNDS asks for more rounds, KINSHIP_SEED for other ones.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <kinship/value/value.hpp>

#include "store/fixture.hpp"
#include "store/random_documents.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

using Ids = std::vector<int>;

int setting(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atoi(text) : otherwise;
}

Ids in_any_order(Ids ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

// What one question gives, or the code of its refusal.
struct Answer {
  int code{};
  Ids ids{};
  bool operator==(const Answer&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Answer& answer) {
  out << "code " << answer.code << ":";
  for (const int id : answer.ids) out << ' ' << id;
  return out;
}

template <class Ask>
Answer answer(Ask&& ask) {
  Answer out;
  try {
    out.ids = ask();
  } catch (const error& e) {
    out.code = e.store_code();
  }
  return out;
}

struct Worlds : StoreFixture {
  static constexpr int indexed = 3;

  Worlds(RandomDocuments& random, int round) : prefix("r" + std::to_string(round) + "_") {
    std::vector<std::pair<int, bson::Document>> indexes;
    for (int i = 1; i <= indexed; ++i)
      for (int left = 1 + random.below(3); left > 0; --left) indexes.emplace_back(i, random.index_keys());
    for (int id = 0; id < 60; ++id) documents.push_back(random.document(id));
    for (int i = 0; i <= indexed; ++i) insert(name(i), documents);
    // What no index can hold (arrays side by side) is refused, and that index is not there then.
    for (auto& [i, keys] : indexes) code_of([&] { index(name(i), keys, false, random.chance(20)); });
  }

  std::string name(int i) const { return prefix + std::to_string(i); }

  template <class Ask>
  void agree(const bson::Document& filter, Ask&& ask) {
    const Answer plain = answer([&] { return ask(name(0)); });
    for (int i = 1; i <= indexed; ++i) {
      CAPTURE(describe(Value(filter), 500));
      const Answer other = answer([&] { return ask(name(i)); });
      CHECK(other == plain);
    }
  }

  std::string prefix;
  std::vector<bson::Document> documents;
};

void check_filter(Worlds& worlds, RandomDocuments& random) {
  const bson::Document filter = random.filter(), sort = random.sort_keys();
  worlds.agree(filter, [&](const std::string& name) { return in_any_order(worlds.ids(name, filter)); });
  worlds.agree(filter, [&](const std::string& name) { return Ids{static_cast<int>(worlds.count(name, filter))}; });
  FindOperation operation = find_operation("", filter, sort);
  operation.skip = static_cast<std::uint64_t>(random.below(4));
  operation.limit = static_cast<std::uint64_t>(random.below(3) * 5);
  CAPTURE(describe(Value(sort)));
  worlds.agree(filter, [&](const std::string& name) {
    FindOperation copy = operation;
    copy.collection = name;
    return worlds.ids(std::move(copy));
  });
  operation.batch_size = 7;
  worlds.agree(filter, [&](const std::string& name) {
    FindOperation copy = operation;
    copy.collection = name;
    return worlds.ids(std::move(copy));
  });
}

// Keys of an $in, each with its first documents.
void check_keys(Worlds& worlds, RandomDocuments& random) {
  const std::string field = random.path();
  bson::Builder builder;
  builder.begin_document(field).begin_array("$in");
  for (int left = 1 + random.below(5); left > 0; --left) {
    const Value key = random.scalar();
    if (key.type() != bson::Type::regex) builder.append("", key.view());
  }
  builder.end().end();
  const bson::Document filter = builder.finish();
  GroupedCountOperation counts;
  counts.filter = filter;
  counts.field = field;
  worlds.agree(filter, [&](const std::string& name) {
    GroupedCountOperation copy = counts;
    copy.collection = name;
    Ids out;
    for (const auto& group : test::copy(run(worlds.driver->grouped_count(std::move(copy))).groups))
      out.push_back(static_cast<int>(group["count"].as_int64()));
    return in_any_order(std::move(out));
  });
  if (!worlds.driver->capabilities().limit_per_key) return;
  FindOperation find = find_operation("", filter, random.sort_keys());
  find.per_key = PerKey{field, static_cast<std::uint64_t>(1 + random.below(3)), static_cast<std::uint64_t>(random.below(2))};
  worlds.agree(filter, [&](const std::string& name) {
    FindOperation copy = find;
    copy.collection = name;
    return in_any_order(worlds.ids(std::move(copy)));
  });
}

}  // namespace

TEST_CASE("no index changes an answer, whatever the documents and the question") {
  const int rounds = setting("KINSHIP_ROUNDS", 6), seed = setting("KINSHIP_SEED", 1);
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(seed + round);
    RandomDocuments random(static_cast<unsigned>(seed + round));
    Worlds worlds(random, round);
    for (int i = 0; i < 60; ++i) check_filter(worlds, random);
    for (int i = 0; i < 15; ++i) check_keys(worlds, random);
  }
}
