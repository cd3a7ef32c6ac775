// The bounded sort: a heap of the documents that are first so far; what sorts behind its last is never copied.
// Keys are byte strings, so that comparing is memcmp.
#include "results.hpp"

#include <algorithm>

namespace kinship::sqlite {

void SortedDocuments::add(bson::DocumentView document, std::int64_t rid, const MatchDetails& details) {
  key_.clear();
  sorter_->append_key(key_, document);
  const bool full = limit_ != 0 && kept_.size() >= limit_;
  if (full) {
    if (key_ >= kept_.front().key) return;
    std::pop_heap(kept_.begin(), kept_.end());
  } else {
    kept_.emplace_back();
  }
  SortedDocument& slot = kept_.back();
  slot.key = key_;
  slot.arrival = arrivals_++;
  slot.rid = rid;
  slot.bytes.assign(reinterpret_cast<const char*>(document.data()), document.size());
  slot.details = details;
  if (full)
    std::push_heap(kept_.begin(), kept_.end());
  else if (kept_.size() == limit_)
    std::make_heap(kept_.begin(), kept_.end());
}

std::vector<SortedDocument> SortedDocuments::finish() {
  std::sort(kept_.begin(), kept_.end());
  return std::move(kept_);
}

}  // namespace kinship::sqlite
