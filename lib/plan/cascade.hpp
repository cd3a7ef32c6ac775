// The cascade planner: a plain object that says what it needs from the store next and is fed the answer, until it is done.
// No Asio and no driver, so that a test reads like a transcript; `run_cascade` executes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <kinship/cascade/plan.hpp>
#include <kinship/value/bson.hpp>
#include <kinship/value/value.hpp>
#include "plan/cascade_graph.hpp"
#include "plan/document_set.hpp"

namespace kinship::plan {

/// One store operation. What was asked for is fed back: documents to find and next, a count to the others.
struct CascadeNeed {
  enum class Kind : std::uint8_t { find, next, count, remove, update, done };
  Kind kind{Kind::done};
  std::string relationship{};
  std::string collection{};
  bson::Document filter{};
  bson::Document projection{};  // find
  bson::Document update{};      // update
  std::uint64_t limit{};        // find, count; 0: none
  std::size_t batch{};          // find without limit: documents in a batch
  std::size_t cursor{};         // find without limit, next: which cursor
};

enum class CascadeMode : std::uint8_t {
  plan,  // reads and counts
  run    // writes, after every restriction was checked
};

/// What the removal begins with: documents by key, or, without keys, all that match the filter.
struct CascadeStart {
  std::size_t node{};
  std::vector<Value> keys{};
  bson::Document filter{};
};

struct CascadeOptions {
  CascadeMode mode{CascadeMode::run};
  std::size_t chunk{10'000};  // ids in one operation
  /// Told once, when more than `remember_limit` ids are held in memory because the metadata has a cycle.
  std::function<void(std::size_t)> on_many_remembered{};
  std::size_t remember_limit{100'000};
};

class CascadePlanner {
 public:
  CascadePlanner(CascadeGraph graph, CascadeStart start, CascadeOptions options = {});

  const CascadeNeed& need() const noexcept { return need_; }
  bool done() const noexcept { return need_.kind == CascadeNeed::Kind::done; }
  /// `more`: the cursor of the find or next has not ended.
  void feed(const std::vector<bson::DocumentView>& documents, bool more);
  void feed(std::uint64_t count);

  /// The sentence of a restriction that stands against a run; it ends before anything is written. Empty: none.
  const std::string& violation() const noexcept { return violation_; }
  const std::string& violated_relationship() const noexcept { return violated_; }
  /// The steps so far that touched something, in the order they were first executed.
  std::vector<CascadeStep> steps() const;
  std::size_t remembered() const noexcept;

 private:
  static constexpr std::size_t root = static_cast<std::size_t>(-1);  // in place of an edge

  enum class Purpose : std::uint8_t {
    walk,      // its documents are removed (or, while exploring, only followed)
    discover,  // its documents are remembered
    suspect,   // children that forbid the removal unless they are removed themselves
    mixed      // children to change, except those that are removed themselves
  };
  struct Frame {
    Purpose purpose{};
    std::size_t node{};
    std::size_t via{root};
    bson::Document filter{};
    bson::Document keys{};   // mixed: the parents' keys
    bool from_memory{};      // the chunk comes from remembered_[node], or, for the root, from start_.keys
    std::size_t position{};  // from_memory: how many are left (acting), or where to go on (exploring)
    bool begun{};
    bool more{true};
    bool loaded{};  // the chunk is there
    DocumentSet chunk{};
    std::size_t next_edge{};
    std::uint64_t removed{};  // from_memory: what the store said
  };
  enum class Expect : std::uint8_t { restriction, step, removal, mixed };

  void advance();
  bool step();
  void begin_exploring();
  bool begin_next_unexplored();
  bool finish_exploring();
  bool begin_next_removal();
  bool load_chunk(Frame& frame);
  bool load_from_memory(Frame& frame);
  void take(Frame& frame, bson::DocumentView document);
  bool explore_edge(Frame& frame, std::size_t edge);
  bool act_on_edge(Frame& frame, std::size_t edge);
  bool finish_chunk(Frame& frame);
  bool finish_mixed(Frame& frame);
  void end_frame();
  Frame start_frame(Purpose purpose);
  void push_child(Purpose purpose, std::size_t edge, bson::Document keys);

  void ask_find(Frame& frame);
  void ask_count(Expect expect, std::size_t edge, bson::Document filter, std::uint64_t limit);
  void ask_write(Expect expect, std::size_t edge, CascadeNeed::Kind kind, bson::Document filter, bson::Document update);
  std::string relationship(std::size_t edge) const;
  void add_step(std::size_t edge, CascadeAction action, std::uint64_t count);
  void add_step(std::string relationship, CascadeAction action, std::string collection, std::uint64_t count);
  void violate(std::size_t edge);
  void remember(std::size_t node, std::size_t via, bson::DocumentView document);
  bson::Document projection_of(std::size_t node) const;
  bool only_ids(std::size_t node) const;

  CascadeGraph graph_;
  CascadeStart start_;
  CascadeOptions options_;
  CascadeShape shape_;
  CascadeNeed need_{};
  std::vector<Frame> frames_{};
  bool exploring_{};
  std::vector<std::size_t> to_remove_{};  // nodes still to be acted on, the last first
  std::vector<DocumentSet> remembered_{};
  std::vector<std::size_t> explored_{};                   // of remembered_[node], how many
  std::vector<DocumentSet> seen_{};                       // of diamonds
  std::vector<std::vector<std::uint64_t>> discovered_{};  // [node][edge], and the root behind the edges
  std::vector<DocumentSet> suspects_{};                   // [edge]
  std::vector<CascadeStep> steps_{};                      // those that touched nothing keep their place
  Expect expect_{};
  std::size_t expect_edge_{};
  std::string violation_{};
  std::string violated_{};
  bool told_many_{};
};

/// {field: {"$in": keys}} of an array.
bson::Document in_filter(std::string_view field, bson::DocumentView keys);

}  // namespace kinship::plan
