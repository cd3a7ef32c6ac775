// How the planner moves: frames of documents on a stack, chunk by chunk and edge by edge, first exploring, then acting.
// Round trips grow with levels and chunks; only ids on cycles, suspects and one chunk per level are in memory.
#include "plan/cascade.hpp"

#include <algorithm>
#include <utility>

namespace kinship::plan {

CascadePlanner::CascadePlanner(CascadeGraph graph, CascadeStart start, CascadeOptions options)
    : graph_(std::move(graph)), start_(std::move(start)), options_(std::move(options)), shape_(graph_, start_.node) {
  const std::size_t nodes = graph_.nodes.size(), edges = graph_.edges.size();
  options_.chunk = std::max<std::size_t>(options_.chunk, 1);
  remembered_.resize(nodes);
  explored_.resize(nodes);
  seen_.resize(nodes);
  suspects_.resize(edges);
  discovered_.assign(nodes, std::vector<std::uint64_t>(edges + 1));
  if (!start_.keys.empty()) {
    bson::Builder filter;
    filter.begin_document("_id").begin_array("$in");
    for (const Value& key : start_.keys) filter.append("", key.view());
    start_.filter = filter.end().end().finish();
  }
  begin_exploring();
  advance();
}

void CascadePlanner::begin_exploring() {
  exploring_ = true;
  const std::size_t node = start_.node;
  if (shape_.remembered(node))
    frames_.push_back(start_frame(Purpose::discover));
  else if (shape_.explored(node))
    frames_.push_back(start_frame(Purpose::walk));
}

CascadePlanner::Frame CascadePlanner::start_frame(Purpose purpose) {
  Frame frame;
  frame.purpose = purpose;
  frame.node = start_.node;
  frame.filter = start_.filter;
  // Known keys need no question, unless a plan is to count what really is there.
  frame.from_memory = !start_.keys.empty() && options_.mode == CascadeMode::run && only_ids(frame.node);
  if (frame.from_memory) frame.position = exploring_ ? 0 : start_.keys.size();
  return frame;
}

void CascadePlanner::feed(const std::vector<bson::DocumentView>& documents, bool more) {
  Frame& frame = frames_.back();
  frame.more = need_.limit != 0 ? documents.size() >= need_.limit : more;
  for (const bson::DocumentView& document : documents) take(frame, document);
  frame.loaded = true;
  frame.next_edge = 0;
  advance();
}

void CascadePlanner::feed(std::uint64_t count) {
  switch (expect_) {
    case Expect::restriction:
      if (options_.mode == CascadeMode::plan)
        add_step(expect_edge_, CascadeAction::restrict, count);
      else if (count > 0)
        violate(expect_edge_);
      break;
    case Expect::removal:
      frames_.back().removed += count;
      if (!frames_.back().from_memory) add_step(frames_.back().via, CascadeAction::remove, count);
      break;
    case Expect::step:
    case Expect::mixed: {
      const OnDelete action = expect_edge_ == root ? OnDelete::cascade : graph_.edges[expect_edge_].action;
      add_step(expect_edge_,
               action == OnDelete::cascade   ? CascadeAction::remove
               : action == OnDelete::nullify ? CascadeAction::nullify
                                             : CascadeAction::pull,
               count);
      break;
    }
  }
  advance();
}

void CascadePlanner::advance() {
  need_ = CascadeNeed{};
  while (violation_.empty() && step()) {
  }
}

// One move; false when there is something to ask for, or nothing left to do.
bool CascadePlanner::step() {
  if (frames_.empty()) {
    if (exploring_) return begin_next_unexplored() || finish_exploring();
    return begin_next_removal();
  }
  Frame& frame = frames_.back();
  if (!frame.loaded) return load_chunk(frame);
  if (frame.purpose == Purpose::walk) {
    const auto& edges = shape_.edges(frame.node);
    if (!frame.chunk.empty() && frame.next_edge < edges.size()) {
      const std::size_t edge = edges[frame.next_edge++];
      return exploring_ ? explore_edge(frame, edge) : act_on_edge(frame, edge);
    }
    if (!exploring_ && !frame.chunk.empty()) return finish_chunk(frame);
  } else if (frame.purpose == Purpose::mixed && !frame.more && !frame.chunk.empty()) {
    return finish_mixed(frame);
  }
  frame.loaded = false;
  if (!frame.more) end_frame();
  return true;
}

bool CascadePlanner::load_chunk(Frame& frame) {
  if (frame.purpose != Purpose::mixed) frame.chunk.clear();
  if (frame.from_memory) return load_from_memory(frame);
  ask_find(frame);
  return false;
}

bool CascadePlanner::load_from_memory(Frame& frame) {
  const bool given = frame.via == root && !shape_.remembered(frame.node);
  const bool discovering = frame.purpose == Purpose::discover;
  const DocumentSet& known = remembered_[frame.node];
  const std::size_t size = given || discovering ? start_.keys.size() : known.size();
  // Acting goes backwards: what was found last lies deepest.
  const bool backwards = !exploring_;
  const std::size_t begin = !backwards                        ? frame.position
                            : frame.position > options_.chunk ? frame.position - options_.chunk
                                                              : 0;
  const std::size_t end = backwards ? frame.position : std::min(size, frame.position + options_.chunk);
  for (std::size_t i = begin; i < end; ++i) {
    if (given || discovering)
      take(frame, bson::Builder().append("_id", start_.keys[i].view()).finish());
    else
      take(frame, known[i]);
  }
  frame.position = backwards ? begin : end;
  if (!given && !discovering && exploring_) explored_[frame.node] = end;
  frame.more = backwards ? begin > 0 : end < size;
  frame.loaded = true;
  frame.next_edge = 0;
  return true;
}

void CascadePlanner::take(Frame& frame, bson::DocumentView document) {
  switch (frame.purpose) {
    case Purpose::discover:
      remember(frame.node, frame.via, document);
      return;
    case Purpose::suspect:
      if (!remembered_[frame.node].contains(document["_id"])) suspects_[frame.via].add(document);
      return;
    case Purpose::mixed:
      if (!remembered_[frame.node].contains(document["_id"])) frame.chunk.add(document);
      return;
    case Purpose::walk:
      // While nothing is removed a diamond would be met again from its other side.
      const bool again = shape_.diamond(frame.node) && (exploring_ || options_.mode == CascadeMode::plan) &&
                         !seen_[frame.node].add(document);
      if (!again) frame.chunk.add(document);
  }
}

// Remembered documents whose own children have not been looked for yet.
bool CascadePlanner::begin_next_unexplored() {
  for (std::size_t node = 0; node < remembered_.size(); ++node) {
    if (explored_[node] == remembered_[node].size()) continue;
    Frame frame;
    frame.purpose = Purpose::walk;
    frame.node = node;
    frame.from_memory = true;
    frame.position = explored_[node];
    frames_.push_back(std::move(frame));
    return true;
  }
  return false;
}

bool CascadePlanner::finish_exploring() {
  for (std::size_t edge = 0; edge < suspects_.size(); ++edge) {
    const DocumentSet& removed = remembered_[graph_.edges[edge].child];
    std::uint64_t left = 0;
    for (std::size_t i = 0; i < suspects_[edge].size(); ++i) left += removed.contains(suspects_[edge][i]["_id"]) ? 0 : 1;
    suspects_[edge].clear();
    if (left == 0) continue;
    if (options_.mode == CascadeMode::plan) {
      add_step(edge, CascadeAction::restrict, left);
    } else {
      violate(edge);
      return false;
    }
  }
  exploring_ = false;
  for (DocumentSet& seen : seen_) seen.clear();
  if (!shape_.remembered(start_.node)) to_remove_.push_back(start_.node);
  for (auto node = shape_.order().rbegin(); node != shape_.order().rend(); ++node)
    if (shape_.remembered(*node)) to_remove_.push_back(*node);
  return true;
}

bool CascadePlanner::begin_next_removal() {
  if (to_remove_.empty()) return false;
  const std::size_t node = to_remove_.back();
  to_remove_.pop_back();
  Frame frame = start_frame(Purpose::walk);
  if (shape_.remembered(node)) {
    frame.node = node;
    frame.from_memory = true;
    frame.position = remembered_[node].size();
    if (frame.position == 0) return true;
  } else if (shape_.leaf(node) && (start_.keys.empty() || options_.mode == CascadeMode::plan)) {
    if (options_.mode == CascadeMode::plan)
      ask_count(Expect::step, root, start_.filter, 0);
    else
      ask_write(Expect::step, root, CascadeNeed::Kind::remove, start_.filter, {});
    return false;
  }
  frames_.push_back(std::move(frame));
  return true;
}

void CascadePlanner::end_frame() {
  const Frame frame = std::move(frames_.back());
  frames_.pop_back();
  if (exploring_ || !frame.from_memory || frame.purpose != Purpose::walk) return;
  // Documents from memory are counted under the relationship that found each.
  std::uint64_t others = 0;
  for (std::size_t edge = 0; edge < graph_.edges.size(); ++edge) {
    if (discovered_[frame.node][edge] != 0) add_step(edge, CascadeAction::remove, discovered_[frame.node][edge]);
    others += discovered_[frame.node][edge];
  }
  const bool run = options_.mode == CascadeMode::run;
  const std::uint64_t found = discovered_[frame.node].back();
  if (frame.node == start_.node)
    add_step(root, CascadeAction::remove, run ? frame.removed - std::min(frame.removed, others) : found);
}

}  // namespace kinship::plan
