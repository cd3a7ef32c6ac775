// Loader: loads of one shape from concurrent coroutines on one executor and one handle become one query.
// A load leaves at the end of the loop turn; while one is in flight newcomers gather for the next and never join it. One
// that nobody joined asks by itself.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/engine.hpp"
#include "plan/lookup.hpp"

namespace kinship::detail {

class Gate;

/// Keys to look up, borrowed from bytes that are kept. A single one takes no memory of its own.
class Keys {
 public:
  Keys() = default;
  explicit Keys(std::shared_ptr<const void> keep) : first_kept_(std::move(keep)) {}
  void add(bson::ValueView key) {
    if (size_++ == 0) {
      first_ = key;
      return;
    }
    if (values_.empty()) values_.push_back(first_);
    values_.push_back(key);
  }
  void keep(std::shared_ptr<const void> bytes) {
    if (!first_kept_)
      first_kept_ = std::move(bytes);
    else
      kept_.push_back(std::move(bytes));
  }
  void reserve(std::size_t count) {
    if (count > 1) values_.reserve(count);
  }
  std::span<const bson::ValueView> values() const noexcept {
    if (size_ <= 1) return std::span(&first_, size_);
    return values_;
  }

 private:
  std::size_t size_{};
  bson::ValueView first_{};
  std::vector<bson::ValueView> values_{};  // all, if there are several
  std::shared_ptr<const void> first_kept_{};
  std::vector<std::shared_ptr<const void>> kept_{};
};

/// What a lookup found, for the keys one awaiter asked for; shared with those it was joined with.
class Answer {
 public:
  Answer() = default;
  Answer(std::shared_ptr<const plan::Groups> groups, std::vector<std::uint32_t> numbers)
      : groups_(std::move(groups)), numbers_(std::move(numbers)) {}
  /// Of a load of one key that went alone: everything is that key's.
  explicit Answer(Batch lone) : lone_(std::move(lone)) {}

  std::shared_ptr<const void> keep() const noexcept { return groups_ ? groups_ : lone_.owner; }
  /// Nobody else's documents are in what `keep` keeps.
  bool alone() const noexcept { return !groups_; }
  std::size_t keys() const noexcept { return groups_ ? numbers_.size() : 1; }
  std::uint32_t size(std::size_t key) const noexcept {
    if (!groups_) return static_cast<std::uint32_t>(lone_.documents.size());
    return numbers_[key] == plan::KeySet::none ? 0 : groups_->size(numbers_[key]);
  }
  bson::DocumentView at(std::size_t key, std::uint32_t i) const noexcept {
    return groups_ ? groups_->at(numbers_[key], i) : lone_.documents[i];
  }
  /// The place of a key's first document in the result's order.
  std::uint32_t rank(std::size_t key) const noexcept {
    return groups_ ? groups_->order[groups_->offsets[numbers_[key]]] : 0;
  }
  std::uint64_t count(std::size_t key) const noexcept {
    return numbers_[key] == plan::KeySet::none ? 0 : groups_->counts[numbers_[key]];
  }

 private:
  std::shared_ptr<const plan::Groups> groups_{};
  std::vector<std::uint32_t> numbers_{};  // of the awaiter's keys in the joined lookup
  Batch lone_{};
};

class Loader {
 public:
  /// `scope` must be effective. Inside a transaction nothing is joined.
  static awaitable<Answer> load(ScopePtr scope, plan::Shape shape, Keys keys, Trace trace);

 private:
  struct Joined;
  class Leader;
  using JoinedPtr = std::shared_ptr<Joined>;

  /// Where loads of one shape, handle and executor gather.
  struct Line {
    Line(boost::asio::any_io_executor on, const Scope* of, plan::Shape asked, std::size_t hashed)
        : executor(std::move(on)), scope(of), shape(std::move(asked)), hash(hashed) {}

    boost::asio::any_io_executor executor;
    const Scope* scope;
    plan::Shape shape;
    std::size_t hash;
    // What the load asks for that opened it, in that load's frame; null once it has left, alone or with others.
    const Keys* first{};
    const Trace* trace{};
    JoinedPtr gathering{};  // the others, and it
  };
  /// Where a load stands: the line it has opened, or whom it goes with.
  struct Place {
    Line* opened{};
    JoinedPtr joined{};
    std::vector<std::uint32_t> numbers{};  // of its keys in the lookup
  };

  static awaitable<void> serve(ScopePtr scope, Line* line, JoinedPtr joined);
  static void spawn_server(ScopePtr scope, Line* line, JoinedPtr joined);

  /// Moves out of `shape` if that opens a line.
  Place join(const Scope& scope, const boost::asio::any_io_executor& executor, plan::Shape& shape, const Keys& keys,
             const Trace& trace);
  /// Those that have gathered, or null; from now on others do.
  JoinedPtr take(Line& line);
  /// Removes the line; false: others have gathered in it, and it stays unless it goes `whatever` there is.
  bool close(Line* line, bool whatever = false);

  std::mutex mutex_;
  std::unordered_multimap<std::size_t, Line> lines_;  // by the hash of handle and shape; each removed by who opened it
};

}  // namespace kinship::detail
