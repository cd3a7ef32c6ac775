// Metadata in words, and the public face of a finished mapping.
// Nothing here decides anything.
#include <ostream>

#include "model/model_info.hpp"

namespace kinship {

std::string_view to_string(RelationshipKind kind) noexcept {
  switch (kind) {
    case RelationshipKind::one_to_one:
      return "one_to_one";
    case RelationshipKind::one_to_many:
      return "one_to_many";
    case RelationshipKind::many_to_many:
      return "many_to_many";
    case RelationshipKind::many_to_many_array:
      return "many_to_many";
    case RelationshipKind::belongs_to:
      return "belongs_to";
  }
  return "?";
}

std::string_view to_string(OnDelete action) noexcept {
  switch (action) {
    case OnDelete::nothing:
      return "nothing";
    case OnDelete::cascade:
      return "cascade";
    case OnDelete::nullify:
      return "nullify";
    case OnDelete::restrict:
      return "restrict";
    case OnDelete::pull:
      return "pull";
  }
  return "?";
}

std::string_view to_string(Fetch fetch) noexcept {
  switch (fetch) {
    case Fetch::siblings:
      return "siblings";
    case Fetch::single:
      return "single";
    case Fetch::strict:
      return "strict";
  }
  return "?";
}

std::string to_string(const RelationshipMetadata& m) {
  std::string text = m.label() + ": " + std::string(to_string(m.kind)) + " " + m.target;
  if (!m.through.empty()) text += " through " + m.through;
  text += " by " + m.foreign_key;
  if (m.kind == RelationshipKind::many_to_many_array) text += " (id array)";
  const auto& c = m.config;
  if (c.delete_action() != OnDelete::nothing) text += ", on_delete " + std::string(to_string(c.delete_action()));
  if (!c.filter.is_always()) text += ", filter " + to_string(c.filter);
  for (const SortKey& key : c.order_by) text += ", order_by " + key.field + (key.direction < 0 ? " descending" : "");
  if (c.limit != 0) text += ", limit " + std::to_string(c.limit);
  if (!c.lazy_load) text += ", loaded with its owner";
  if (c.fetch != Fetch::siblings) text += ", fetch " + std::string(to_string(c.fetch));
  if (c.validate) text += ", validate";
  if (c.orphan_removal) text += ", orphan_removal";
  if (c.batch_size != 0) text += ", batch_size " + std::to_string(c.batch_size);
  return text;
}

std::ostream& operator<<(std::ostream& out, const RelationshipMetadata& metadata) { return out << to_string(metadata); }

const std::string& Model::name() const noexcept { return info_->name; }
const std::string& Model::collection() const noexcept { return info_->collection; }
std::vector<RelationshipMetadata> Model::relationships() const { return detail::metadata_of(*info_); }

namespace detail {

std::vector<RelationshipMetadata> metadata_of(const ModelInfo& info) {
  std::vector<RelationshipMetadata> all;
  for (const auto& relationship : info.relationships) all.push_back(relationship->metadata);
  return all;
}

}  // namespace detail
}  // namespace kinship
