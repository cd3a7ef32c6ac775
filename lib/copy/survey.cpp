// What there is to copy, and what is there already.
// In the order of names, so that two tries of one copy do the same things in the same order.
#include <algorithm>

#include "copy/copy.hpp"

namespace kinship::detail {
namespace {

bool by_name(const CollectionListing& a, const CollectionListing& b) { return a.name < b.name; }

bool lists(const std::vector<CollectionListing>& listed, const std::string& name) {
  return std::any_of(listed.begin(), listed.end(), [&](const auto& one) { return one.name == name; });
}

std::vector<CollectionListing> chosen(std::vector<CollectionListing> listed, const std::vector<std::string>& only) {
  for (const std::string& name : only)
    if (!lists(listed, name)) refuse_copy(errc::not_found, "the source has no collection '" + name + "' to copy");
  std::erase_if(listed, [&](const CollectionListing& one) {
    return !only.empty() && std::find(only.begin(), only.end(), one.name) == only.end();
  });
  for (const CollectionListing& one : listed)
    if (one.type != "collection")
      refuse_copy(errc::unsupported, "'" + one.name + "' is a " + one.type +
                                         ", which is not copied: name the collections to copy with CopyOptions::only");
  std::sort(listed.begin(), listed.end(), by_name);
  return listed;
}

}  // namespace

awaitable<std::uint64_t> count_all(ScopePtr scope, std::string collection) {
  CountOperation operation;
  operation.collection = std::move(collection);
  return count(std::move(scope), std::move(operation), Trace());
}

awaitable<void> survey(Copy* copy) {
  std::vector<CollectionListing> source = co_await list_collections(copy->from);
  source = chosen(std::move(source), copy->options.only());
  const std::vector<CollectionListing> target = co_await list_collections(copy->to);
  for (const CollectionListing& listed : source) {
    CollectionCopy collection;
    collection.name = listed.name;
    collection.indexes = co_await list_indexes(copy->from, listed.name);
    std::erase_if(collection.indexes, [](const IndexListing& index) { return index.name == "_id_"; });
    collection.source_count = co_await count_all(copy->from, listed.name);
    if (lists(target, listed.name)) {
      collection.present = co_await list_indexes(copy->to, listed.name);
      collection.target_count = co_await count_all(copy->to, listed.name);
    }
    copy->progress.documents_total += collection.source_count;
    copy->collections.push_back(std::move(collection));
  }
  copy->progress.collections_total = copy->collections.size();
}

}  // namespace kinship::detail
