// Indexes come first: what the target cannot have is known before a document is written, and a value that a unique index
// forbids is reported with the document it is in. A collection without any is made by asking for the index it has anyway.
#include <algorithm>

#include "copy/copy.hpp"

namespace kinship::detail {
namespace {

// Directions are numbers of any type: {a: 1} and {a: 1.0} are one.
bool same_direction(bson::ValueView a, bson::ValueView b) {
  const auto number = [](bson::ValueView value) {
    if (value.is(bson::Type::double_)) return value.as_double();
    return static_cast<double>(value.is(bson::Type::int32) ? value.as_int32() : value.as_int64());
  };
  const auto countable = [](bson::ValueView value) { return value.is_number() && !value.is(bson::Type::decimal128); };
  return countable(a) && countable(b) ? number(a) == number(b) : a == b;
}

bool same_keys(bson::DocumentView a, bson::DocumentView b) {
  auto left = a.begin(), right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right) {
    if (left->name != right->name || !same_direction(left->value, right->value)) return false;
  }
  return left == a.end() && right == b.end();
}

}  // namespace

bool same_index(const IndexListing& a, const IndexListing& b) {
  return a.name == b.name && a.unique == b.unique && a.sparse == b.sparse && a.options == b.options &&
         same_keys(a.keys.view(), b.keys.view());
}

namespace {

bool has(const std::vector<IndexListing>& indexes, const IndexListing& wanted) {
  return std::any_of(indexes.begin(), indexes.end(), [&](const auto& index) { return same_index(index, wanted); });
}

awaitable<void> make(ScopePtr to, std::string collection, IndexListing index) {
  CreateIndexOperation operation;
  operation.collection = collection;
  operation.name = index.name;
  operation.keys = index.keys;
  operation.unique = index.unique;
  operation.sparse = index.sparse;
  operation.options = index.options;
  try {
    co_await create_index(to, std::move(operation), Trace());
  } catch (const error& e) {
    throw error(static_cast<errc>(e.code().value()),
                "the index " + index.name + " of '" + collection + "' cannot be made in the target: " + e.sentence(),
                e.context());
  }
}

IndexListing index_on_id() {
  IndexListing index;
  bson::Builder keys;
  keys.append_int32("_id", 1);
  index.name = "_id_";
  index.keys = keys.finish();
  return index;
}

}  // namespace

awaitable<void> copy_indexes(Copy* copy) {
  for (const CollectionCopy& collection : copy->collections) {
    for (const IndexListing& index : collection.indexes) {
      if (has(collection.present, index)) continue;
      co_await make(copy->to, collection.name, index);
      ++copy->result.indexes;
    }
    const bool makes_nothing = collection.indexes.empty() && collection.source_count == 0 && collection.present.empty();
    if (makes_nothing) co_await make(copy->to, collection.name, index_on_id());
  }
}

}  // namespace kinship::detail
