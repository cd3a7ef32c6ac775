// Building updates: each call copies the list of shared entries and adds one.
// Names and types are checked by resolve_update.
#include <kinship/query/update.hpp>

#include <kinship/error.hpp>
#include "query/update_entry.hpp"

namespace kinship {

using detail::UpdateEntry;
using detail::UpdateKind;

namespace {

bson::Document single(const Value& value) { return bson::Builder().append("", value.view()).finish(); }

bson::Document list(const std::vector<Value>& values) {
  bson::Builder builder;
  builder.begin_array("");
  for (const Value& value : values) builder.append("", value.view());
  builder.end();
  return builder.finish();
}

UpdateEntry entry(UpdateKind kind, std::string field, bson::Document operand) {
  return {kind, std::move(field), std::move(operand), {}};
}

}  // namespace

Update Update::with(UpdateEntry entry) const {
  Update result = *this;
  result.entries_.push_back(std::make_shared<const UpdateEntry>(std::move(entry)));
  return result;
}

Update Update::from_document(bson::Document update) {
  for (const auto& element : update.view()) {
    if (!element.name.starts_with('$') || !element.value.is(bson::Type::document))
      throw error(errc::invalid_query, "an update is an object of operators such as {\"$set\": {\"status\": \"x\"}}; '" +
                                           std::string(element.name) + "' is none");
  }
  if (update.empty()) return {};
  return Update().with(entry(UpdateKind::raw, {}, std::move(update)));
}

Update Update::and_then(const Update& other) const {
  Update result = *this;
  result.entries_.insert(result.entries_.end(), other.entries_.begin(), other.entries_.end());
  return result;
}

Update Update::set(std::string field, Value value) const {
  return with(entry(UpdateKind::set, std::move(field), single(value)));
}
Update Update::set_on_insert(std::string field, Value value) const {
  return with(entry(UpdateKind::set_on_insert, std::move(field), single(value)));
}
Update Update::unset(std::string field) const { return with(entry(UpdateKind::unset, std::move(field), {})); }
Update Update::inc(std::string field, Value by) const { return with(entry(UpdateKind::inc, std::move(field), single(by))); }
Update Update::mul(std::string field, Value by) const { return with(entry(UpdateKind::mul, std::move(field), single(by))); }
Update Update::min(std::string field, Value value) const {
  return with(entry(UpdateKind::min, std::move(field), single(value)));
}
Update Update::max(std::string field, Value value) const {
  return with(entry(UpdateKind::max, std::move(field), single(value)));
}
Update Update::push(std::string field, Value element) const {
  return with(entry(UpdateKind::push, std::move(field), single(element)));
}
Update Update::push_all(std::string field, const std::vector<Value>& elements) const {
  return with(entry(UpdateKind::push_all, std::move(field), list(elements)));
}
Update Update::add_to_set(std::string field, Value element) const {
  return with(entry(UpdateKind::add_to_set, std::move(field), single(element)));
}
Update Update::add_all_to_set(std::string field, const std::vector<Value>& elements) const {
  return with(entry(UpdateKind::add_all_to_set, std::move(field), list(elements)));
}
Update Update::pull(std::string field, Value element) const {
  const std::vector<Value> elements{std::move(element)};
  return pull_all(std::move(field), elements);
}
Update Update::pull_all(std::string field, const std::vector<Value>& elements) const {
  return with(entry(UpdateKind::pull_all, std::move(field), list(elements)));
}
Update Update::pull_where(std::string field, Condition condition) const {
  return with(UpdateEntry{UpdateKind::pull_where, std::move(field), {}, std::move(condition)});
}
Update Update::pop(std::string field, PopEnd end) const {
  auto operand = bson::Builder().append_int32("", end == PopEnd::last ? 1 : -1).finish();
  return with(entry(UpdateKind::pop, std::move(field), std::move(operand)));
}
Update Update::rename(std::string field, std::string to) const {
  auto operand = bson::Builder().append_string("", to).finish();
  return with(entry(UpdateKind::rename, std::move(field), std::move(operand)));
}
Update Update::current_date(std::string field) const {
  return with(entry(UpdateKind::current_date, std::move(field), bson::Builder().append_bool("", true).finish()));
}

}  // namespace kinship
