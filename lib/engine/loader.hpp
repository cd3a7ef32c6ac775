// Loader: loads of one shape from concurrent coroutines on one executor and one handle become one query.
// A load leaves at the end of the loop turn; while one is in flight newcomers gather for the next and never join it.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/engine.hpp"
#include "plan/lookup.hpp"

namespace kinship::detail {

class Gate;

/// Keys to look up, borrowed from bytes that `keep` holds.
class Keys {
 public:
  Keys() = default;
  explicit Keys(std::shared_ptr<const void> keep) { keep_.push_back(std::move(keep)); }
  void add(bson::ValueView key) { values_.push_back(key); }
  void keep(std::shared_ptr<const void> bytes) { keep_.push_back(std::move(bytes)); }
  void reserve(std::size_t count) { values_.reserve(count); }
  const std::vector<bson::ValueView>& values() const noexcept { return values_; }

 private:
  std::vector<bson::ValueView> values_{};
  std::vector<std::shared_ptr<const void>> keep_{};
};

/// What a lookup found, for the keys one awaiter asked for; shared with those it was joined with.
class Answer {
 public:
  Answer() = default;
  Answer(std::shared_ptr<const plan::Groups> groups, std::vector<std::uint32_t> numbers)
      : groups_(std::move(groups)), numbers_(std::move(numbers)) {}

  const plan::Groups& groups() const noexcept { return *groups_; }
  std::shared_ptr<const void> keep() const noexcept { return groups_; }
  std::size_t keys() const noexcept { return numbers_.size(); }
  std::uint32_t number(std::size_t key) const noexcept { return numbers_[key]; }
  std::uint32_t size(std::size_t key) const noexcept {
    return numbers_[key] == plan::KeySet::none ? 0 : groups_->size(numbers_[key]);
  }
  bson::DocumentView at(std::size_t key, std::uint32_t i) const noexcept { return groups_->at(numbers_[key], i); }
  std::uint64_t count(std::size_t key) const noexcept {
    return numbers_[key] == plan::KeySet::none ? 0 : groups_->counts[numbers_[key]];
  }

 private:
  std::shared_ptr<const plan::Groups> groups_{};
  std::vector<std::uint32_t> numbers_{};  // of the awaiter's keys in the joined lookup
};

class Loader {
 public:
  /// `scope` must be effective. Inside a transaction nothing is joined.
  awaitable<Answer> load(ScopePtr scope, plan::Shape shape, Keys keys, Trace trace);

 private:
  struct Joined;
  struct Line;  // of one shape, handle and executor
  awaitable<Answer> load_joined(ScopePtr scope, plan::Shape shape, Keys keys, Trace trace);
  awaitable<void> serve(ScopePtr scope, std::string signature, std::shared_ptr<Line> line);

  std::mutex mutex_;
  std::unordered_map<std::string, std::list<std::shared_ptr<Line>>> lines_;
};

/// All chunks of a lookup, several in flight where the store allows it and no transaction is open.
awaitable<plan::Groups> run_lookup(ScopePtr scope, std::shared_ptr<plan::Lookup> lookup, Trace trace);

}  // namespace kinship::detail
