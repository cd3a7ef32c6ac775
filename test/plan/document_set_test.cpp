// The set of remembered documents: one per key, in order, for keys of every type.
#include <doctest/doctest.h>

#include <kinship/value/value.hpp>
#include "plan/document_set.hpp"

using namespace kinship;
using plan::DocumentSet;

namespace {
bson::Document with_id(const Value& id) { return bson::Builder().append("_id", id.view()).finish(); }
}  // namespace

TEST_CASE("each key once, in the order they came") {
  DocumentSet set;
  CHECK(set.empty());
  CHECK_FALSE(set.contains(Value(1)));
  for (int i = 0; i < 5000; ++i) CHECK(set.add(with_id(i * 7)));
  for (int i = 0; i < 5000; ++i) CHECK_FALSE(set.add(with_id(i * 7)));
  CHECK(set.size() == 5000);
  CHECK(set[4999]["_id"].as_int32() == 4999 * 7);
  CHECK(set.contains(Value(7)));
  CHECK_FALSE(set.contains(Value(8)));
  set.clear();
  CHECK(set.empty());
  CHECK(set.add(with_id(7)));
}

TEST_CASE("integers of every width are one key, other types are others") {
  DocumentSet set;
  CHECK(set.add(with_id(5)));
  CHECK_FALSE(set.add(with_id(std::int64_t{5})));
  CHECK_FALSE(set.add(with_id(5.0)));
  CHECK(set.add(with_id(5.5)));
  CHECK(set.add(with_id("5")));
  CHECK(set.add(with_id(ObjectId::make())));
  CHECK(set.add(with_id(std::string(1000, 'x'))));
  CHECK(set.contains(Value(std::string(1000, 'x'))));
  CHECK(set.size() == 5);
}
