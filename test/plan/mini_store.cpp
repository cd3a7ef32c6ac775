// See mini_store.hpp.
#include "mini_store.hpp"

#include <algorithm>
#include <stdexcept>

#include <kinship/value/value.hpp>

namespace kinship::test {

using plan::CascadeNeed;

namespace {

bool holds(bson::ValueView stored, bson::ValueView wanted) {
  if (stored.is(bson::Type::array)) {
    for (const auto& element : stored.as_document())
      if (element.value == wanted) return true;
    return false;
  }
  return stored == wanted;
}

// {field: value} and {field: {"$in": [...]}} only.
bool matches(bson::DocumentView document, bson::DocumentView filter) {
  for (const auto& clause : filter) {
    const bson::ValueView stored = document[clause.name];
    if (!clause.value.is(bson::Type::document)) {
      if (!holds(stored, clause.value)) return false;
      continue;
    }
    bool any = false;
    for (const auto& key : clause.value.as_document()["$in"].as_document()) any = any || holds(stored, key.value);
    if (!any) return false;
  }
  return true;
}

bson::Document changed(bson::DocumentView document, bson::DocumentView update) {
  bson::Builder out;
  const bson::DocumentView unset = update["$unset"].missing() ? bson::DocumentView() : update["$unset"].as_document();
  const bson::DocumentView pull = update["$pullAll"].missing() ? bson::DocumentView() : update["$pullAll"].as_document();
  for (const auto& field : document) {
    if (!unset[field.name].missing()) continue;
    if (pull[field.name].missing()) {
      out.append(field.name, field.value);
      continue;
    }
    out.begin_array(field.name);
    for (const auto& element : field.value.as_document()) {
      bool gone = false;
      for (const auto& key : pull[field.name].as_document()) gone = gone || key.value == element.value;
      if (!gone) out.append("", element.value);
    }
    out.end();
  }
  return out.finish();
}

}  // namespace

void MiniStore::add(const std::string& collection, std::int64_t id,
                    std::vector<std::pair<std::string, std::int64_t>> fields) {
  bson::Builder document;
  document.append_int64("_id", id);
  for (const auto& [name, value] : fields) {
    if (value == 0)
      document.append_null(name);
    else
      document.append_int64(name, value);
  }
  of(collection).push_back(document.finish());
}

void MiniStore::add(const std::string& collection, bson::Document document) {
  of(collection).push_back(std::move(document));
}

void MiniStore::run(plan::CascadePlanner& planner) {
  for (int i = 0; !planner.done(); ++i) {
    if (i > 100'000) throw std::runtime_error("the planner does not end: " + line(planner.need()));
    answer(planner);
  }
}

void MiniStore::answer(plan::CascadePlanner& planner) {
  ++round_trips;
  const CascadeNeed& need = planner.need();
  auto& documents = of(need.collection);
  if (need.kind == CascadeNeed::Kind::find || need.kind == CascadeNeed::Kind::next) {
    auto& rest = cursors_[need.cursor];
    if (need.kind == CascadeNeed::Kind::find) {
      rest.clear();
      for (const auto& document : documents)
        if (matches(document, need.filter)) rest.push_back(document);
      std::reverse(rest.begin(), rest.end());
    }
    std::vector<bson::Document> page;
    const std::size_t most = need.limit != 0 ? need.limit : need.batch;
    for (; !rest.empty() && page.size() < most; rest.pop_back()) page.push_back(rest.back());
    std::vector<bson::DocumentView> views(page.begin(), page.end());
    return planner.feed(views, !rest.empty());
  }
  if (need.kind == CascadeNeed::Kind::count) {
    auto count = static_cast<std::uint64_t>(
        std::count_if(documents.begin(), documents.end(), [&](const bson::Document& d) { return matches(d, need.filter); }));
    if (need.limit != 0) count = std::min(count, need.limit);
    return planner.feed(count);
  }
  ++writes;
  planner.feed(write(need));
}

std::uint64_t MiniStore::write(const CascadeNeed& need) {
  auto& documents = of(need.collection);
  if (need.kind == CascadeNeed::Kind::remove)
    return std::erase_if(documents, [&](const bson::Document& d) { return matches(d, need.filter); });
  std::uint64_t count = 0;
  for (auto& document : documents) {
    if (!matches(document, need.filter)) continue;
    document = changed(document, need.update);
    ++count;
  }
  return count;
}

std::string MiniStore::ids(const std::string& collection) const {
  const auto found = collections_.find(collection);
  std::string text;
  if (found == collections_.end()) return text;
  std::vector<std::int64_t> ids;
  for (const auto& document : found->second) ids.push_back(document["_id"].as_int64());
  std::sort(ids.begin(), ids.end());
  for (const auto id : ids) text += (text.empty() ? "" : " ") + std::to_string(id);
  return text;
}

std::size_t MiniStore::size() const {
  std::size_t total = 0;
  for (const auto& [name, documents] : collections_) total += documents.size();
  return total;
}

bson::Document MiniStore::get(const std::string& collection, std::int64_t id) const {
  for (const auto& document : collections_.at(collection))
    if (document["_id"].as_int64() == id) return document;
  return {};
}

std::string line(const CascadeNeed& need) {
  static const char* const names[] = {"find", "next", "count", "remove", "update", "done"};
  std::string text = names[static_cast<int>(need.kind)];
  if (need.kind == CascadeNeed::Kind::done) return text;
  text += " " + need.collection;
  if (need.kind != CascadeNeed::Kind::next) text += " where " + describe(Value(need.filter), 1000);
  if (need.kind == CascadeNeed::Kind::update) text += " " + describe(Value(need.update), 1000);
  if (need.limit != 0) text += " limit " + std::to_string(need.limit);
  return text;
}

std::string lines(const std::vector<CascadeStep>& steps) {
  std::string text;
  for (const auto& step : steps)
    text += step.relationship + ": " + std::string(to_string(step.action)) + " " + std::to_string(step.count) + " in " +
            step.collection + "\n";
  return text;
}

}  // namespace kinship::test
