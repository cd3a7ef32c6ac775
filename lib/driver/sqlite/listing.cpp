// The catalogue as the seam lists it.
// The index on _id is listed as MongoDB lists it: not as a unique one, though it is.
#include "listing.hpp"

namespace kinship::sqlite {

void ListCollectionsJob::run(Connection& connection) {
  for (const auto& entry : connection.catalog().collections()) {
    CollectionListing& listing = collections.emplace_back();
    listing.name = entry.first;
    listing.type = "collection";
  }
}

void ListIndexesJob::run(Connection& connection) {
  const CollectionInfo* collection = connection.catalog().find(collection_);
  if (collection == nullptr) return;
  for (const Index& index : collection->indexes) {
    IndexListing& listing = indexes.emplace_back();
    listing.name = index.name;
    listing.keys = index.keys;
    listing.unique = index.spec.unique && index.name != "_id_";
    listing.sparse = index.spec.sparse;
  }
}

}  // namespace kinship::sqlite
