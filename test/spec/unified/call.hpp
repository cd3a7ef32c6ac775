// One operation of a test: its name, its object, and its arguments, each of which must be taken by somebody.
// An argument nobody takes is one the seam has no place for: the test is skipped with its name.
#pragma once

#include <kinship/driver/driver.hpp>
#include <set>
#include <string>

#include "spec/unified/match.hpp"

namespace kinship::spec {

class Call {
 public:
  /// `operation` must outlive the call.
  explicit Call(const Json& operation);

  const std::string& name() const { return name_; }
  const std::string& object() const { return object_; }
  const Json& operation() const { return *operation_; }

  bool has(const std::string& argument) const { return arguments_->contains(argument); }
  /// Null if it is missing.
  const Json* find(const std::string& argument);
  /// Throws std::runtime_error if it is missing.
  const Json& get(const std::string& argument);
  /// Empty if it is missing.
  bson::Document document(const std::string& argument);
  /// An array of documents.
  bool is_array(const std::string& argument) const { return has(argument) && arguments_->at(argument).is_array(); }
  bson::Document array(const std::string& argument);
  std::string text(const std::string& argument);
  std::uint64_t number(const std::string& argument);
  bool flag(const std::string& argument, bool otherwise = false);
  /// Throws Skip if an argument was not taken.
  void done() const;

 private:
  const Json* operation_;
  const Json* arguments_;
  std::string name_, object_;
  std::set<std::string> taken_{};
};

}  // namespace kinship::spec
