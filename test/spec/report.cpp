// The table of specification suites.
// Reasons for skipping are listed with how often each was given.
#include "spec/report.hpp"

#include <cstdio>
#include <map>

namespace kinship::spec {

void expect(bool good, const std::string& otherwise) {
  if (!good) throw std::runtime_error(otherwise);
}

void Report::suite(std::string name) { suites_.push_back({std::move(name)}); }

void Report::run(const std::string& name, const std::function<void()>& test) {
  Suite& suite = suites_.back();
  try {
    test();
    ++suite.passed;
  } catch (const Skip& skip) {
    suite.skipped.push_back(skip.reason);
  } catch (const std::exception& e) {
    ++suite.failed;
    failures_.push_back(suite.name + ": " + name + ": " + e.what());
  }
}

bool Report::print() const {
  for (const std::string& failure : failures_) std::printf("FAILED %s\n", failure.c_str());
  std::printf("%-40s %7s %8s %7s\n", "suite", "passed", "skipped", "failed");
  int passed = 0, failed = 0;
  for (const Suite& suite : suites_) {
    const bool empty = suite.passed + suite.failed + static_cast<int>(suite.skipped.size()) == 0;
    std::printf("%-40s %7d %8zu %7d%s\n", suite.name.c_str(), suite.passed, suite.skipped.size(), suite.failed,
                empty ? "  no case was found" : "");
    std::map<std::string, int> reasons;
    for (const std::string& reason : suite.skipped) ++reasons[reason];
    for (const auto& [reason, times] : reasons) std::printf("    skipped %d: %s\n", times, reason.c_str());
    passed += suite.passed;
    failed += suite.failed + empty;
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0;
}

}  // namespace kinship::spec
