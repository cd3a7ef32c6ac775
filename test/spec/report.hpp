// Counts what became of each case of a specification suite, and prints a table and the failures.
// A case is a function that returns (passed), or throws Skip or anything else (failed).
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace kinship::spec {

/// A case that does not apply to this driver, with the reason.
struct Skip {
  std::string reason;
};

/// Throws unless `good`.
void expect(bool good, const std::string& otherwise);

class Report {
 public:
  /// The cases that follow belong to this suite.
  void suite(std::string name);
  void run(const std::string& name, const std::function<void()>& test);
  /// Prints the table; returns whether nothing failed and no suite was empty.
  bool print() const;

 private:
  struct Suite {
    std::string name;
    int passed = 0, failed = 0;
    std::vector<std::string> skipped{};  // reasons
  };

  std::vector<Suite> suites_;
  std::vector<std::string> failures_;
};

}  // namespace kinship::spec
