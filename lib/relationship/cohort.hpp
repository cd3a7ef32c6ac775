// Cohort: the siblings of one result, as far as their relationships need: documents, and what was loaded for them.
// It never reads the sibling objects; what they share is guarded, so they may go to different threads.
#pragma once

#include <atomic>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/gate.hpp"
#include "engine/scope.hpp"
#include "model/model_info.hpp"

namespace kinship::detail {

class Cohort;

/// Rows loaded for a window of siblings: one block, a range for each of them.
struct LoadedWindow {
  struct Range {
    std::uint32_t first{};
    std::uint32_t count{};
  };
  std::shared_ptr<void> block{};
  char* data{};          // the block's first object
  std::size_t stride{};  // bytes an object
  std::vector<Range> ranges{};
  std::shared_ptr<Cohort> children{};

  LoadedRange at(std::size_t i) const {
    const Range range = ranges[i];
    return LoadedRange(block, data + range.first * stride, range.count);
  }
};

/// The documents children's owners were read from, for `post.author.loaded()` after `user.posts.all()`.
struct BackReference {
  const RelationshipInfo* relationship{};  // the children's BelongsTo
  std::vector<bson::DocumentView> documents{};
  std::vector<std::shared_ptr<const void>> keep{};
  std::vector<std::uint32_t> owner_of{};  // by child
};

class Cohort : public std::enable_shared_from_this<Cohort> {
 public:
  Cohort(ScopePtr scope, const ModelInfo& model) : scope_(std::move(scope)), model_(&model) {}

  const ScopePtr& scope() const noexcept { return scope_; }
  const ModelInfo& model() const noexcept { return *model_; }
  std::size_t size() const noexcept { return documents_.size(); }
  /// The document a sibling was read from or written as; the baseline of `save`.
  bson::DocumentView document(std::uint32_t ordinal) const noexcept { return documents_[ordinal]; }
  const auto& keep() const noexcept { return keep_; }
  /// Where a sibling's keys are: its document, or what was assigned since.
  bson::DocumentView key_document(std::uint32_t ordinal) const noexcept {
    if (assigned_) return assigned_->view();
    return any_rekeyed_.load(std::memory_order_acquire) ? rekeyed(ordinal) : documents_[ordinal];
  }
  /// A link changed the id array of a sibling: its keys are in `document` from now on, which stays alive with the cohort.
  void rekey(std::uint32_t ordinal, bson::Document document);
  void assign_key(bson::Document key) { assigned_ = std::make_shared<const bson::Document>(std::move(key)); }
  const std::shared_ptr<const bson::Document>& assigned() const noexcept { return assigned_; }
  bool partial() const noexcept { return partial_; }
  void set_partial() noexcept { partial_ = true; }
  bool baseline() const noexcept { return baseline_; }
  void no_baseline() noexcept { baseline_ = false; }
  bool strict() const noexcept { return strict_; }
  void set_strict() noexcept { strict_ = true; }

  void reserve(std::size_t count) { documents_.reserve(count); }
  void add(bson::DocumentView document) { documents_.push_back(document); }
  void add_keep(std::shared_ptr<const void> bytes) { keep_.push_back(std::move(bytes)); }
  void set_back_reference(BackReference reference) { back_ = std::move(reference); }

  /// This cohort of one was split off by a save: what it has not unloaded it still shares with its siblings there.
  void share_with(std::shared_ptr<Cohort> siblings, std::uint32_t ordinal) {
    shared_ = std::move(siblings);
    shared_ordinal_ = ordinal;
  }
  const std::shared_ptr<Cohort>& shared() const noexcept { return shared_; }
  std::uint32_t shared_ordinal() const noexcept { return shared_ordinal_; }

  /// A cohort of one, of the same document, with nothing loaded.
  std::shared_ptr<Cohort> fork(std::uint32_t ordinal, ScopePtr scope = nullptr) const;

  // What was loaded. `window` is ordinal / window_size(relationship).
  /// Siblings a window: one chunk of the store, fixed at the first use.
  std::size_t window_size(const RelationshipInfo& relationship);

  /// Rows of one sibling, if loaded; with `iteration` also those loaded under a condition.
  bool loaded(const RelationshipInfo& relationship, std::uint32_t ordinal, bool iteration, LoadedRange& range);
  /// Claims the window for loading: null means this caller loads it; otherwise wait at the gate and ask again.
  std::shared_ptr<Gate> claim(const RelationshipInfo& relationship, std::size_t window, bool& claimed);
  void finish(const RelationshipInfo& relationship, std::size_t window, std::shared_ptr<const LoadedWindow> rows,
              std::exception_ptr failure);
  /// The rows of a window, if loaded.
  std::shared_ptr<const LoadedWindow> window_now(const RelationshipInfo& relationship, std::size_t window);
  /// Rows of all siblings, loaded under a condition: for iteration only.
  void set_view(const RelationshipInfo& relationship, std::shared_ptr<const LoadedWindow> rows);
  void set_window(const RelationshipInfo& relationship, std::size_t window, std::shared_ptr<const LoadedWindow> rows);

  /// Rows of one sibling alone, since its share was unloaded.
  void set_single(const RelationshipInfo& relationship, std::uint32_t ordinal, LoadedRange range);
  /// Unloads one sibling's share; what members hold of it by an older generation no longer counts.
  void unload(const RelationshipInfo& relationship, std::uint32_t ordinal);
  std::uint32_t generation(const RelationshipInfo& relationship, std::uint32_t ordinal) const;
  bool unloaded(const RelationshipInfo& relationship, std::uint32_t ordinal) const;
  /// Unloaded at some time, whether loaded again since or not.
  bool separate(const RelationshipInfo& relationship, std::uint32_t ordinal) const;

 private:
  struct Window {
    std::shared_ptr<const LoadedWindow> rows{};
    std::shared_ptr<Gate> loading{};
  };
  struct Slot {
    std::size_t window_size{};
    std::vector<Window> windows{};
    std::shared_ptr<const LoadedWindow> view{};
  };
  struct Single {
    std::uint32_t generation{};
    bool loaded{};
    LoadedRange range{};
  };
  using SingleKey = std::pair<std::uint32_t, std::uint32_t>;  // relationship, ordinal

  Slot& slot(const RelationshipInfo& relationship);
  Window& window(const RelationshipInfo& relationship, std::size_t number);
  void fill_back_reference(const RelationshipInfo& relationship);
  bson::DocumentView rekeyed(std::uint32_t ordinal) const noexcept;

  ScopePtr scope_;
  const ModelInfo* model_;
  // Many a cohort is of one.
  boost::container::small_vector<bson::DocumentView, 1> documents_;
  boost::container::small_vector<std::shared_ptr<const void>, 1> keep_;
  std::shared_ptr<const bson::Document> assigned_{};  // of a cohort of one
  std::shared_ptr<Cohort> shared_{};
  std::uint32_t shared_ordinal_{};
  bool partial_{false};
  bool baseline_{true};
  bool strict_{false};

  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
  std::map<SingleKey, Single> singles_;
  std::atomic<bool> any_single_{false};
  std::vector<std::pair<std::uint32_t, std::shared_ptr<const bson::Document>>> rekeyed_;  // the latest last
  std::atomic<bool> any_rekeyed_{false};
  BackReference back_;
  bool back_filled_{false};
};

/// Objects of one model, decoded and bound to a cohort of their own.
struct Decoded {
  std::shared_ptr<void> block{};
  char* data{};
  std::shared_ptr<Cohort> cohort{};
  LoadedRange all(std::size_t count) const { return LoadedRange(block, data, count); }
};

/// A block for the cohort's documents; objects are decoded by `decode_some`.
Decoded make_block(std::shared_ptr<Cohort> cohort);
/// Decodes objects [from, to) and binds their members.
void decode_some(const Decoded& decoded, std::size_t from, std::size_t to);
/// All of them, yielding to the loop every 500 documents.
awaitable<void> decode_all(Decoded decoded);
void bind_members(void* object, const ModelInfo& model, const std::shared_ptr<Cohort>& cohort, std::uint32_t ordinal);

}  // namespace kinship::detail
