// QueryBase: a description that every method copies and changes.
// Nothing is checked here: names and values are, when it runs.
#include "relationship/query_data.hpp"

namespace kinship::detail {

QueryBase::QueryBase(std::shared_ptr<Scope> scope, const ModelInfo& model) {
  auto data = std::make_shared<QueryData>();
  data->scope = std::move(scope);
  data->model = &model;
  data_ = std::move(data);
}
QueryBase::QueryBase(Handle relation) {
  auto data = std::make_shared<QueryData>();
  data->relation = std::move(relation);
  data_ = std::move(data);
}

QueryBase QueryBase::where(Condition condition) const {
  QueryBase next;
  auto data = std::make_shared<QueryData>(*data_);
  data->condition = data->condition && std::move(condition);
  next.data_ = std::move(data);
  return next;
}

#define KINSHIP_CHANGED(statement)                 \
  QueryBase next;                                  \
  auto data = std::make_shared<QueryData>(*data_); \
  statement;                                       \
  next.data_ = std::move(data);                    \
  return next

QueryBase QueryBase::order_by(std::string field, int direction) const {
  SortKey key;
  key.field = std::move(field);
  key.direction = direction;
  KINSHIP_CHANGED(data->order.push_back(std::move(key)));
}
QueryBase QueryBase::skip(std::uint64_t count) const { KINSHIP_CHANGED(data->skip = count); }
QueryBase QueryBase::limit(std::uint64_t count) const { KINSHIP_CHANGED(data->limit = count); }
QueryBase QueryBase::timeout(std::chrono::milliseconds duration) const { KINSHIP_CHANGED(data->timeout = duration); }
QueryBase QueryBase::select(Projection projection) const { KINSHIP_CHANGED(data->projection = std::move(projection)); }
QueryBase QueryBase::with(Path path) const { KINSHIP_CHANGED(data->paths.push_back(std::move(path))); }
QueryBase QueryBase::strict() const { KINSHIP_CHANGED(data->strict = true); }

#undef KINSHIP_CHANGED

}  // namespace kinship::detail
