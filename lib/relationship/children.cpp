// From documents to related objects. Every coroutine here names what it awaits.
// One place decodes, so every path yields to the loop and gets back-references.
#include "relationship/children.hpp"

#include <kinship/query/resolve.hpp>

#include <algorithm>

#include "relationship/manager_access.hpp"

namespace kinship::detail {

Narrowing narrowing_of(const StepData& step) {
  Narrowing narrowing;
  narrowing.filter = resolve_filter(step.condition, step.relationship->target->catalog);
  narrowing.sort = resolve_sort(step.order, step.relationship->target->catalog);
  narrowing.limit = step.limit;
  narrowing.skip = step.skip;
  return narrowing;
}

static std::shared_ptr<Cohort> cohort_of(ScopePtr scope, const ModelInfo& model, Fetched& fetched) {
  auto cohort = std::make_shared<Cohort>(std::move(scope), model);
  cohort->reserve(fetched.documents.size());
  for (const bson::DocumentView document : fetched.documents) cohort->add(document);
  for (auto& bytes : fetched.keep) cohort->add_keep(std::move(bytes));
  return cohort;
}

static awaitable<std::shared_ptr<const LoadedWindow>> make_children(ScopePtr scope, std::shared_ptr<Cohort> owners,
                                                                    const RelationshipInfo* relationship, Fetched fetched,
                                                                    std::vector<std::uint32_t> ordinals, bool partial) {
  auto rows = std::make_shared<LoadedWindow>();
  rows->stride = relationship->target->ops.size;
  rows->ranges = std::move(fetched.ranges);
  std::vector<std::uint32_t> owner_of = std::move(fetched.owner_of);
  std::shared_ptr<Cohort> cohort = cohort_of(std::move(scope), *relationship->target, fetched);
  if (partial) cohort->set_partial();
  if (owners && owners->strict()) cohort->set_strict();
  if (owners && relationship->inverse && !owners->partial() && owners->baseline() && owner_of.size() == cohort->size()) {
    BackReference back;
    back.relationship = relationship->inverse;
    back.documents.reserve(ordinals.size());
    for (const std::uint32_t ordinal : ordinals) back.documents.push_back(owners->document(ordinal));
    back.keep.assign(owners->keep().begin(), owners->keep().end());
    back.owner_of = std::move(owner_of);
    cohort->set_back_reference(std::move(back));
  }
  Decoded decoded = make_block(cohort);
  rows->block = decoded.block;
  rows->data = decoded.data;
  rows->children = cohort;
  co_await decode_all(std::move(decoded));
  std::shared_ptr<const LoadedWindow> result = std::move(rows);
  co_return result;
}
awaitable<std::shared_ptr<const LoadedWindow>> children_of(ScopePtr scope, std::shared_ptr<Cohort> owners,
                                                           const RelationshipInfo* relationship, Fetched fetched,
                                                           std::vector<std::uint32_t> ordinals, bool partial) {
  return make_children(std::move(scope), std::move(owners), relationship, std::move(fetched), std::move(ordinals), partial);
}

static awaitable<LoadedRange> make_rows(ScopePtr scope, const ModelInfo* model, Fetched fetched) {
  std::shared_ptr<Cohort> cohort = cohort_of(std::move(scope), *model, fetched);
  Decoded decoded = make_block(cohort);
  const LoadedRange range = decoded.all(cohort->size());
  co_await decode_all(std::move(decoded));
  co_return range;
}
awaitable<LoadedRange> rows_of(ScopePtr scope, const ModelInfo& model, Fetched fetched) {
  return make_rows(std::move(scope), &model, std::move(fetched));
}

static awaitable<std::shared_ptr<const LoadedWindow>> load_range(std::shared_ptr<Cohort> cohort,
                                                                 const RelationshipInfo* relationship, std::size_t from,
                                                                 std::size_t to, Narrowing narrowing, ModelPath path) {
  const ScopePtr scope = effective(cohort->scope());
  OwnerKeys owners(*relationship);
  for (const auto& bytes : cohort->keep()) owners.keep(bytes);
  if (cohort->assigned()) owners.keep(cohort->assigned());
  std::vector<std::uint32_t> ordinals;
  ordinals.reserve(to - from);
  for (std::size_t i = from; i < to; ++i) {
    const auto ordinal = static_cast<std::uint32_t>(i);
    owners.add_owner(cohort->key_document(ordinal));
    ordinals.push_back(ordinal);
  }
  Fetched fetched = co_await fetch(scope, std::move(owners), std::move(narrowing));
  std::shared_ptr<const LoadedWindow> rows =
      co_await children_of(scope, cohort, relationship, std::move(fetched), std::move(ordinals), false);
  co_await load_paths(rows->children, std::vector<Path>(), path.with(cohort->model()));
  co_return rows;
}

awaitable<std::shared_ptr<const LoadedWindow>> window_rows(std::shared_ptr<Cohort> cohort,
                                                           const RelationshipInfo* relationship, std::size_t window,
                                                           Narrowing narrowing, ModelPath path) {
  const std::size_t size = cohort->window_size(*relationship);
  const std::size_t from = window * size;
  const std::size_t to = std::min(cohort->size(), from + size);
  return load_range(std::move(cohort), relationship, from, to, std::move(narrowing), std::move(path));
}

// Loads one relationship of all siblings and returns the cohorts of what it leads to.
static awaitable<void> load_step(std::shared_ptr<Cohort> cohort, StepData step, std::vector<StepData> rest,
                                 ModelPath on_path) {
  const RelationshipInfo* relationship = step.relationship;
  std::vector<std::shared_ptr<const LoadedWindow>> loaded;
  if (step.conditional()) {
    Narrowing narrowing = narrowing_of(step);
    std::shared_ptr<const LoadedWindow> rows =
        co_await load_range(cohort, relationship, 0, cohort->size(), std::move(narrowing), on_path);
    cohort->set_view(*relationship, rows);
    loaded.push_back(std::move(rows));
  } else {
    const std::size_t size = cohort->window_size(*relationship);
    for (std::size_t window = 0; window * size < cohort->size(); ++window) {
      std::shared_ptr<const LoadedWindow> rows = cohort->window_now(*relationship, window);
      if (!rows) {
        rows = co_await window_rows(cohort, relationship, window, Narrowing(), on_path);
        cohort->set_window(*relationship, window, rows);
      }
      loaded.push_back(std::move(rows));
    }
  }
  if (rest.empty()) co_return;
  Path path;
  for (const StepData& next : rest) path.push(next);
  for (const auto& rows : loaded) {
    if (!rows->children) continue;
    std::vector<Path> paths(1, path);
    co_await load_paths(rows->children, std::move(paths), on_path.with(cohort->model()));
  }
}

static awaitable<void> load_all_paths(std::shared_ptr<Cohort> cohort, std::vector<Path> paths, ModelPath on_path) {
  if (!cohort || cohort->size() == 0) co_return;
  // Paths that begin with one relationship go one after another: the second finds what the first loaded.
  std::vector<std::vector<Path>> by_first;
  for (const Path& path : paths) {
    const auto same = std::find_if(by_first.begin(), by_first.end(), [&](const std::vector<Path>& group) {
      return group.front().steps().front().relationship == path.steps().front().relationship;
    });
    if (same == by_first.end())
      by_first.emplace_back(1, path);
    else
      same->push_back(path);
  }
  std::vector<awaitable<void>> tasks;
  std::vector<const RelationshipInfo*> first;
  std::vector<std::pair<StepData, std::vector<StepData>>> later;
  for (const auto& group : by_first)
    for (std::size_t i = 0; i < group.size(); ++i) {
      const auto& steps = group[i].steps();
      std::vector<StepData> rest(steps.begin() + 1, steps.end());
      if (i == 0) {
        first.push_back(steps.front().relationship);
        tasks.push_back(load_step(cohort, steps.front(), std::move(rest), on_path));
      } else {
        later.emplace_back(steps.front(), std::move(rest));
      }
    }
  for (const auto& relationship : cohort->model().relationships) {
    if (relationship->metadata.config.lazy_load || on_path.has(*relationship->target) ||
        relationship->target == &cohort->model())
      continue;
    if (std::find(first.begin(), first.end(), relationship.get()) != first.end()) continue;
    StepData step;
    step.relationship = relationship.get();
    tasks.push_back(load_step(cohort, step, std::vector<StepData>(), on_path));
  }
  if (cohort->scope()->in_transaction()) {
    // Inside a transaction loads run in order on its session.
    for (auto& task : tasks) co_await std::move(task);
  } else {
    co_await when_all(std::move(tasks));
  }
  for (auto& [step, rest] : later) co_await load_step(cohort, step, rest, on_path);
}
awaitable<void> load_paths(std::shared_ptr<Cohort> cohort, std::vector<Path> paths, ModelPath on_path) {
  return load_all_paths(std::move(cohort), std::move(paths), std::move(on_path));
}

}  // namespace kinship::detail
