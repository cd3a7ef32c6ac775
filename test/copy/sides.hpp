// The two sides of a copy: an embedded database, and the store the program runs on (a MongoDB server, or another embedded
// one). Each counts its calls and fails on demand.
#pragma once

#include <map>

#include <kinship/copy_database.hpp>
#include <kinship/testing.hpp>

#include "store/fixture.hpp"

namespace kinship::test {

/// A store, with the database handle a copy is given.
class Side : public StoreFixture {
 public:
  explicit Side(std::shared_ptr<Driver> below) : Side(std::make_shared<testing::FaultyDriver>(std::move(below))) {}

  std::shared_ptr<testing::FaultyDriver> faults;
  Database db;

 private:
  explicit Side(std::shared_ptr<testing::FaultyDriver> driver)
      : StoreFixture(driver), faults(driver), db(std::move(driver)) {}
};

class Embedded : public Side {
 public:
  Embedded();
};
class Other : public Side {
 public:
  Other() : Side(open_store()) {}
};

/// Everything that is in a store: documents in the order of their ids, and indexes by name.
struct Contents {
  std::map<std::string, std::vector<bson::Document>> documents{};
  std::map<std::string, std::map<std::string, std::string>> indexes{};
  friend bool operator==(const Contents&, const Contents&) = default;
};
Contents contents(Driver& driver);

/// Runs a copy to its end on an event loop of its own.
CopyResult copy(const Side& from, const Side& to, CopyOptions options = CopyOptions());

/// Collections with `documents` documents each, ids of several types, and indexes.
void fill(Side& side, int documents);

}  // namespace kinship::test
