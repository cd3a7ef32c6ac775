// Model: the mapping of one struct to one collection, as the engine reads it.
// Built once per type from the user's `mapping(kinship::of<T>)`; immutable and thread-safe afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <kinship/fwd.hpp>
#include <kinship/model/names.hpp>
#include <kinship/model/relationship_metadata.hpp>
#include <kinship/value/bson.hpp>

namespace kinship {

namespace detail {

struct ModelInfo;
struct RelationshipInfo;

/// What the compiled engine can do with objects of one model, without knowing their type.
struct RowOps {
  std::size_t size{};
  std::shared_ptr<void> (*make)(std::size_t count){};  // a std::vector<T> of default objects
  void* (*first)(void* block){};                       // its first element
  void (*decode)(bson::DocumentView document, void* object, const ModelInfo& model){};
  void (*encode)(bson::Builder& out, const void* object, const ModelInfo& model){};
  void (*encode_field)(bson::Builder& out, std::string_view name, const void* object, std::size_t index){};
  void (*decode_field)(bson::ValueView value, void* object, std::size_t index, const ModelInfo& model){};
  void (*copy)(const void* from, void* to){};
};

template <class T>
const ModelInfo& model_info();

}  // namespace detail

/// A handle to a finished mapping. Cheap to copy.
class Model {
 public:
  explicit Model(std::shared_ptr<detail::ModelInfo> info) : info_(std::move(info)) {}

  const std::string& name() const noexcept;
  const std::string& collection() const noexcept;
  /// All relationships, in the order they were defined.
  std::vector<RelationshipMetadata> relationships() const;
  const std::shared_ptr<detail::ModelInfo>& info() const noexcept { return info_; }

 private:
  std::shared_ptr<detail::ModelInfo> info_;
};

/// The metadata of T's relationships, checked; throws `invalid_model` naming what is missing. Issues no query.
template <class T>
std::vector<RelationshipMetadata> relationships_of();

namespace detail {

/// Checks the mapping against its neighbours once; throws `invalid_model`. Thread-safe.
const ModelInfo& linked(const ModelInfo& info);
std::vector<RelationshipMetadata> metadata_of(const ModelInfo& info);

template <class T>
concept has_mapping = requires { mapping(of<T>{}); };

template <class T>
const ModelInfo& model_info() {
  static_assert(
      has_mapping<T>,
      "kinship: this model has no mapping. Declare `kinship::Model mapping(kinship::of<T>);` in the namespace of T, "
      "before T is used with a database.");
  static const Model model = mapping(of<T>{});
  return *model.info();
}

}  // namespace detail

template <class T>
std::vector<RelationshipMetadata> relationships_of() {
  return detail::metadata_of(detail::linked(detail::model_info<T>()));
}

}  // namespace kinship
