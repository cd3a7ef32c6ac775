// Documents by their `_id`, each once, in the order they came: about 30 bytes for one that is only an ObjectId.
// What a cascade remembers where the metadata has a cycle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <kinship/value/bson.hpp>

namespace kinship::plan {

class DocumentSet {
 public:
  /// False if a document with that `_id` is there already. Integers of every width are one key.
  bool add(bson::DocumentView document);
  bool contains(bson::ValueView id) const;

  std::size_t size() const noexcept { return starts_.size(); }
  bool empty() const noexcept { return starts_.empty(); }
  /// Valid until the next `add`.
  bson::DocumentView operator[](std::size_t i) const noexcept { return bson::DocumentView(bytes_.data() + starts_[i]); }
  void clear();

 private:
  // The slot that holds the id, or the free one where it belongs.
  std::size_t slot_of(bson::ValueView id) const;
  void rehash();

  std::vector<std::uint8_t> bytes_{};
  std::vector<std::size_t> starts_{};
  std::vector<std::uint32_t> slots_{};  // index + 1; 0: free
};

}  // namespace kinship::plan
