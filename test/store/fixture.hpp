// What every test of the conformance suite starts from: an empty store behind the seam, and short blocking calls on it.
// Only kinship::Driver is used, so the suite runs on any store; `open_store` decides which.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <kinship/driver/driver.hpp>
#include <kinship/error.hpp>

#include "support/bson.hpp"
#include "support/run.hpp"

namespace kinship::test {

/// A fresh, empty store.
std::shared_ptr<Driver> open_store();

/// What the store behind `open_store` is known not to do: names of cases, or of what cases use ("$regex", "$numberDecimal",
/// "indexes", "array_filters", ...). Such cases are skipped, and counted.
std::vector<std::string> store_lacks();

/// Whether the store can do what a test is about; if not, the test says that it is skipped: `if (!can(...)) return;`
bool can(const Driver& driver, bool Capabilities::*what, const char* name);

class StoreFixture {
 public:
  StoreFixture() : driver(open_store()) {}
  explicit StoreFixture(std::shared_ptr<Driver> on) : driver(std::move(on)) {}
  ~StoreFixture();

  std::shared_ptr<Driver> driver;

  bool has_transactions() const { return can(*driver, &Capabilities::transactions, "transactions"); }
  bool has_serial_writers() const { return can(*driver, &Capabilities::serial_writers, "writers that take turns"); }
  bool limits_per_key() const { return can(*driver, &Capabilities::limit_per_key, "a limit per key"); }

  WriteReply write(const std::string& collection, std::vector<WriteItem> items, bool ordered = true,
                   std::shared_ptr<Session> session = nullptr);
  WriteReply insert(const std::string& collection, std::vector<bson::Document> documents,
                    std::shared_ptr<Session> session = nullptr);
  WriteReply update(const std::string& collection, bson::Document filter, bson::Document change, bool many = false,
                    bool upsert = false);
  WriteReply remove(const std::string& collection, bson::Document filter, bool many = true);
  std::vector<bson::Document> find(const std::string& collection, bson::Document filter = {}, bson::Document sort = {},
                                   std::shared_ptr<Session> session = nullptr);
  std::vector<bson::Document> find(FindOperation operation);
  /// The int32 `_id`s of what was found, in order.
  std::vector<int> ids(const std::string& collection, bson::Document filter = {}, bson::Document sort = {});
  std::vector<int> ids(FindOperation operation);
  std::uint64_t count(const std::string& collection, bson::Document filter = {}, std::uint64_t limit = 0);
  void index(const std::string& collection, bson::Document keys, bool unique = false, bool sparse = false);
  std::shared_ptr<Session> begin(const std::string& origin = "test.cpp:1");
};

std::vector<bson::Document> copy(const Batch& batch);
WriteItem insert_item(bson::Document document);
WriteItem update_item(bson::Document filter, bson::Document change, bool many = false, bool upsert = false);
FindOperation find_operation(const std::string& collection, bson::Document filter = {}, bson::Document sort = {});

/// The code of the error the call throws; `{}` if it throws none.
template <class Call>
boost::system::error_code code_of(Call&& call, std::string* text = nullptr) {
  try {
    call();
  } catch (const error& e) {
    if (text != nullptr) *text = e.what();
    return e.code();
  }
  return {};
}

}  // namespace kinship::test
