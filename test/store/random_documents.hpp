// Random documents, filters and indexes, near each other on purpose: few names, few values of every type, arrays in arrays.
// The same seed gives the same ones.
#pragma once

#include <random>
#include <string>

#include "support/bson.hpp"

namespace kinship::test {

class RandomDocuments {
 public:
  explicit RandomDocuments(unsigned seed) : random_(seed) {}

  /// 0 ... limit - 1
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  bool chance(int percent) { return below(100) < percent; }

  Value scalar();
  Value value(int depth = 0);
  bson::Document document(int id);
  std::string path();
  bson::Document filter(int depth = 0);
  /// One to three fields, up or down.
  bson::Document index_keys();
  /// Ends in _id, so that there is only one right order.
  bson::Document sort_keys();

 private:
  Value operand(int depth);
  Value condition(int depth);
  Value list(int depth);

  std::mt19937 random_;
};

}  // namespace kinship::test
