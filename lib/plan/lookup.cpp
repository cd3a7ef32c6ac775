// Chunks by number and bytes of keys; an id array on the other side puts a document under each key it holds.
// A single key is asked for by equality, which every store plans best.
#include "plan/lookup.hpp"

#include <algorithm>

namespace kinship::plan {

using bson::Type;
using bson::ValueView;

bool Shape::same_query(const Shape& other) const noexcept {
  const auto same = [](const bson::Document& a, const bson::Document& b) {
    return std::ranges::equal(a.bytes(), b.bytes());
  };
  return collection == other.collection && key_field == other.key_field && limit == other.limit && skip == other.skip &&
         count_only == other.count_only && whole == other.whole && chunk == other.chunk && same(filter, other.filter) &&
         same(sort, other.sort) && same(projection, other.projection);
}

std::size_t Shape::hash() const noexcept {
  constexpr std::hash<std::string_view> hash_of;
  if (filter.empty()) return hash_of(collection);
  const auto& bytes = filter.bytes();
  return hash_of(collection) * 31 + hash_of(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

bool is_by_id(const Shape& shape, std::span<const ValueView> keys) noexcept {
  if (keys.size() != 1 || shape.key_field != "_id" || shape.count_only || shape.limit != 0 || shape.skip != 0 ||
      !shape.filter["_id"].missing())
    return false;
  switch (keys.front().type()) {
    case Type::object_id:
    case Type::string:
    case Type::int32:
    case Type::int64:
    case Type::binary:
      return true;
    default:
      return false;
  }
}

FindOperation find_by_id(const Shape& shape, ValueView key) {
  FindOperation operation;
  operation.collection = shape.collection;
  bson::Builder filter;
  filter.append("_id", key);
  for (const auto& element : shape.filter.view()) filter.append(element.name, element.value);
  operation.filter = filter.finish();
  operation.projection = shape.projection;
  return operation;
}

Lookup::Lookup(Shape shape, const Capabilities& capabilities)
    : shape_(std::move(shape)),
      chunk_keys_(shape_.chunk == 0 ? capabilities.chunk_keys : std::min(shape_.chunk, capabilities.chunk_keys)),
      chunk_bytes_(capabilities.chunk_bytes) {
  if (!shape_.whole) return;
  chunk_keys_ = static_cast<std::size_t>(-1);
  chunk_bytes_ = static_cast<std::size_t>(-1);
}

bson::Document Lookup::filter_of_next_chunk() {
  bson::Builder filter;
  const auto left = static_cast<std::uint32_t>(keys_.size()) - next_;
  if (left == 1 && !shape_.count_only && shape_.limit == 0) {
    filter.append(shape_.key_field, keys_.key(next_++));
  } else {
    filter.begin_document(shape_.key_field).begin_array("$in");
    std::size_t bytes = 0, keys = 0;
    while (next_ < keys_.size() && keys < chunk_keys_ && (keys == 0 || bytes + keys_.key(next_).size() <= chunk_bytes_)) {
      filter.append({}, keys_.key(next_));
      bytes += keys_.key(next_++).size();
      ++keys;
    }
    filter.end().end();
  }
  // The rest lies beside the `$in`; a condition on the key field itself goes below `$and`.
  if (shape_.filter.view().find(shape_.key_field).missing()) {
    for (const auto& element : shape_.filter.view()) filter.append(element.name, element.value);
  } else {
    filter.begin_array("$and").append({}, shape_.filter.view()).end();
  }
  return filter.finish();
}

FindOperation Lookup::next_find() {
  FindOperation operation;
  operation.collection = shape_.collection;
  operation.filter = filter_of_next_chunk();
  operation.sort = shape_.sort;
  operation.projection = shape_.projection;
  if (shape_.limit != 0 || shape_.skip != 0) operation.per_key = PerKey{shape_.key_field, shape_.limit, shape_.skip};
  return operation;
}

GroupedCountOperation Lookup::next_count() {
  GroupedCountOperation operation;
  operation.collection = shape_.collection;
  operation.filter = filter_of_next_chunk();
  operation.field = shape_.key_field;
  return operation;
}

// The store has told which key each document is given for.
void Lookup::take_by_key(const Batch& batch, std::uint32_t first) {
  for (std::size_t i = 0; i < batch.documents.size(); ++i) {
    key_of_.push_back(first + batch.keys[i]);
    document_of_.push_back(static_cast<std::uint32_t>(groups_.documents.size()));
    groups_.documents.push_back(batch.documents[i]);
  }
}

void Lookup::take(Batch batch, std::uint32_t first) {
  if (batch.documents.empty()) return;
  groups_.owners.push_back(std::move(batch.owner));
  if (batch.keys.size() == batch.documents.size()) return take_by_key(batch, first);
  groups_.documents.reserve(groups_.documents.size() + batch.documents.size());
  const bool plain = shape_.key_field.find('.') == std::string::npos;
  for (const bson::DocumentView document : batch.documents) {
    const auto number = static_cast<std::uint32_t>(groups_.documents.size());
    groups_.documents.push_back(document);
    const ValueView value = plain ? document.find(shape_.key_field) : value_at(document, shape_.key_field);
    if (!value.is(Type::array)) {
      const std::uint32_t key = keys_.find(value);
      if (key == KeySet::none) continue;
      key_of_.push_back(key);
      document_of_.push_back(number);
      continue;
    }
    // Under each key once, however often the array repeats it.
    const std::size_t before = key_of_.size();
    for (const auto& element : value.as_document()) {
      const std::uint32_t key = keys_.find(element.value);
      if (key == KeySet::none ||
          std::find(key_of_.begin() + static_cast<std::ptrdiff_t>(before), key_of_.end(), key) != key_of_.end())
        continue;
      key_of_.push_back(key);
      document_of_.push_back(number);
    }
  }
}

void Lookup::take_counts(const Batch& batch) {
  groups_.counts.resize(keys_.size());
  for (const bson::DocumentView group : batch.documents) {
    const std::uint32_t key = keys_.find(group.find("key"));
    const ValueView count = group.find("count");
    if (key != KeySet::none)
      groups_.counts[key] += static_cast<std::uint64_t>(count.is(Type::int32) ? count.as_int32() : count.as_int64());
  }
}

void Lookup::trim() {
  std::vector<std::uint64_t> taken(keys_.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < key_of_.size(); ++i) {
    if (taken[key_of_[i]]++ >= shape_.limit) continue;
    key_of_[kept] = key_of_[i];
    document_of_[kept++] = document_of_[i];
  }
  key_of_.resize(kept);
  document_of_.resize(kept);
}

Groups Lookup::finish() {
  groups_.counts.resize(keys_.size());
  // A store that did not tell keys gave a document of several keys once for all: it counts for each, up to the limit.
  if (shape_.limit != 0) trim();
  groups_.offsets.assign(keys_.size() + 1, 0);
  for (const std::uint32_t key : key_of_) ++groups_.offsets[key + 1];
  for (std::size_t i = 1; i < groups_.offsets.size(); ++i) groups_.offsets[i] += groups_.offsets[i - 1];
  groups_.order.resize(document_of_.size());
  std::vector<std::uint32_t> next(groups_.offsets.begin(), groups_.offsets.end() - 1);
  for (std::size_t i = 0; i < document_of_.size(); ++i) groups_.order[next[key_of_[i]]++] = document_of_[i];
  return std::move(groups_);
}

ValueView value_at(bson::DocumentView document, std::string_view path) noexcept {
  for (;;) {
    const auto dot = path.find('.');
    const ValueView value = document.find(path.substr(0, dot));
    if (dot == std::string_view::npos) return value;
    if (!value.is(Type::document)) return ValueView();
    document = value.as_document();
    path.remove_prefix(dot + 1);
  }
}

}  // namespace kinship::plan
