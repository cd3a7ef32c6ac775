// What the planner does with one chunk of documents along one edge, and the questions it asks for that.
// The other half of cascade.cpp.
#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "plan/cascade.hpp"

namespace kinship::plan {

namespace {

// An array of what `field` holds in the documents (of arrays each element), each value once; null and missing refer to
// nothing.
class KeyList {
 public:
  KeyList() { keys_.begin_array(""); }
  void add(bson::ValueView key) {
    if (key.missing() || key.is(bson::Type::null)) return;
    if (!seen_.emplace(reinterpret_cast<const char*>(key.data()), key.size()).second) return;
    keys_.append("", key);
  }
  bson::Document finish() {
    const bson::Document whole = keys_.end().finish();
    return bson::Document(whole[""].as_document());
  }

 private:
  std::unordered_set<std::string_view> seen_{};
  bson::Builder keys_{};
};

bson::Document keys_of(const DocumentSet& documents, std::string_view field) {
  KeyList keys;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const bson::ValueView value = documents[i][field];
    if (value.is(bson::Type::array) && field != "_id")
      for (const auto& element : value.as_document()) keys.add(element.value);
    else
      keys.add(value);
  }
  return keys.finish();
}

bson::Document change_for(const CascadeEdge& edge, bson::DocumentView keys) {
  bson::Builder update;
  if (edge.action == OnDelete::nullify) {
    // An empty reference is stored absent.
    update.begin_document("$unset").append_string(edge.child_field, "").end();
  } else {
    update.begin_document("$pullAll").append_array(edge.child_field, keys).end();
  }
  return update.finish();
}

}  // namespace

bson::Document in_filter(std::string_view field, bson::DocumentView keys) {
  return bson::Builder().begin_document(field).append_array("$in", keys).end().finish();
}

bool CascadePlanner::explore_edge(Frame& frame, std::size_t index) {
  const CascadeEdge& edge = graph_.edges[index];
  const bool follow = edge.action == OnDelete::cascade && (shape_.remembered(edge.child) || shape_.explored(edge.child));
  if (!follow && edge.action != OnDelete::restrict) return true;
  bson::Document keys = keys_of(frame.chunk, edge.parent_key);
  if (keys.empty()) return true;
  if (edge.action == OnDelete::cascade) {
    push_child(shape_.remembered(edge.child) ? Purpose::discover : Purpose::walk, index, std::move(keys));
    return true;
  }
  if (shape_.mixed(edge)) {
    push_child(Purpose::suspect, index, std::move(keys));
    return true;
  }
  const bool count_all = options_.mode == CascadeMode::plan;
  ask_count(Expect::restriction, index, in_filter(edge.child_field, keys), count_all ? 0 : 1);
  return false;
}

bool CascadePlanner::act_on_edge(Frame& frame, std::size_t index) {
  const CascadeEdge& edge = graph_.edges[index];
  const bool plan = options_.mode == CascadeMode::plan;
  if (edge.action == OnDelete::restrict) return true;
  if (edge.action == OnDelete::cascade && shape_.remembered(edge.child)) return true;
  bson::Document keys = keys_of(frame.chunk, edge.parent_key);
  if (keys.empty()) return true;
  if (edge.action == OnDelete::cascade) {
    if (!shape_.leaf(edge.child) || (plan && shape_.diamond(edge.child))) {
      push_child(Purpose::walk, index, std::move(keys));
      return true;
    }
    if (!plan) {
      ask_write(Expect::step, index, CascadeNeed::Kind::remove, in_filter(edge.child_field, keys), {});
      return false;
    }
  } else if (shape_.mixed(edge)) {
    push_child(Purpose::mixed, index, std::move(keys));
    return true;
  }
  if (plan)
    ask_count(Expect::step, index, in_filter(edge.child_field, keys), 0);
  else
    ask_write(Expect::step, index, CascadeNeed::Kind::update, in_filter(edge.child_field, keys), change_for(edge, keys));
  return false;
}

// The children of the chunk are gone or changed; now its own documents.
bool CascadePlanner::finish_chunk(Frame& frame) {
  if (options_.mode == CascadeMode::plan) {
    if (!frame.from_memory) add_step(frame.via, CascadeAction::remove, frame.chunk.size());
    frame.chunk.clear();
    return true;
  }
  const bson::Document ids = keys_of(frame.chunk, "_id");
  frame.chunk.clear();
  ask_write(Expect::removal, frame.via, CascadeNeed::Kind::remove, in_filter("_id", ids), {});
  need_.collection = graph_.nodes[frame.node].collection;
  if (frame.from_memory) need_.relationship = graph_.nodes[frame.node].model;
  return false;
}

bool CascadePlanner::finish_mixed(Frame& frame) {
  const CascadeEdge& edge = graph_.edges[frame.via];
  if (options_.mode == CascadeMode::plan) {
    add_step(frame.via, edge.action == OnDelete::pull ? CascadeAction::pull : CascadeAction::nullify, frame.chunk.size());
    frame.chunk.clear();
    return true;
  }
  const std::size_t end = std::min(frame.chunk.size(), frame.position + options_.chunk);
  bson::Builder ids;
  ids.begin_array("");
  for (; frame.position < end; ++frame.position) ids.append("", frame.chunk[frame.position]["_id"]);
  const bson::Document list = ids.end().finish();
  ask_write(Expect::mixed, frame.via, CascadeNeed::Kind::update, in_filter("_id", list[""].as_document()),
            change_for(edge, frame.keys));
  if (frame.position == frame.chunk.size()) frame.chunk.clear();
  return false;
}

void CascadePlanner::push_child(Purpose purpose, std::size_t index, bson::Document keys) {
  const CascadeEdge& edge = graph_.edges[index];
  Frame frame;
  frame.purpose = purpose;
  frame.node = edge.child;
  frame.via = index;
  frame.filter = in_filter(edge.child_field, keys);
  if (purpose == Purpose::mixed) frame.keys = std::move(keys);
  frames_.push_back(std::move(frame));
}

void CascadePlanner::ask_find(Frame& frame) {
  // While documents are being removed each page is asked for anew: those of the page before are gone.
  const bool pages = !exploring_ && options_.mode == CascadeMode::run && frame.purpose == Purpose::walk;
  need_.kind = frame.begun && !pages ? CascadeNeed::Kind::next : CascadeNeed::Kind::find;
  need_.relationship = relationship(frame.via);
  need_.collection = graph_.nodes[frame.node].collection;
  need_.filter = frame.filter;
  need_.projection = projection_of(frame.node);
  need_.limit = pages ? options_.chunk : 0;
  need_.batch = pages ? 0 : options_.chunk;
  need_.cursor = frames_.size() - 1;
  frame.begun = true;
}

void CascadePlanner::ask_count(Expect expect, std::size_t edge, bson::Document filter, std::uint64_t limit) {
  expect_ = expect;
  expect_edge_ = edge;
  need_.kind = CascadeNeed::Kind::count;
  need_.relationship = relationship(edge);
  need_.collection = graph_.nodes[edge == root ? start_.node : graph_.edges[edge].child].collection;
  need_.filter = std::move(filter);
  need_.limit = limit;
}

void CascadePlanner::ask_write(Expect expect, std::size_t edge, CascadeNeed::Kind kind, bson::Document filter,
                               bson::Document update) {
  ask_count(expect, edge, std::move(filter), 0);
  need_.kind = kind;
  need_.update = std::move(update);
}

}  // namespace kinship::plan
