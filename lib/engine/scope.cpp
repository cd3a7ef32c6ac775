// Core and Scope: handles, options, the models a cascade knows.
// Locks here are held for a few instructions and never across an await.
#include "engine/scope.hpp"

#include <kinship/error.hpp>

#include <algorithm>

#include "engine/loader.hpp"
#include "engine/restorer.hpp"
#include "model/model_info.hpp"

namespace kinship::detail {

Core::Core(std::shared_ptr<Driver> driver) : driver(std::move(driver)), loader(std::make_unique<Loader>()) {}
Core::~Core() = default;

Transaction::Transaction() : restorer(std::make_unique<Restorer>()) {}
Transaction::~Transaction() = default;

void Core::register_model(const ModelInfo& model) {
  linked(model);
  {
    const std::lock_guard lock(mutex_);
    if (std::find(models_.begin(), models_.end(), &model) != models_.end()) return;
  }
  const auto all = reachable(model);
  const std::lock_guard lock(mutex_);
  for (const ModelInfo* one : all)
    if (std::find(models_.begin(), models_.end(), one) == models_.end()) models_.push_back(one);
}

std::vector<const ModelInfo*> Core::models() const {
  const std::lock_guard lock(mutex_);
  return models_;
}

static void fill(std::string& said, const std::string& option) {
  if (said.empty() && !option.empty()) said = option;
}

void Scope::apply(OperationContext& context, std::chrono::milliseconds timeout) const {
  context.session = transaction ? transaction->session : nullptr;
  const auto duration = timeout.count() > 0 ? timeout : options.timeout();
  if (duration.count() > 0) context.deadline = std::min(context.deadline, std::chrono::steady_clock::now() + duration);
  if (context.read_preference == ReadPreference::primary) context.read_preference = options.read_preference();
  fill(context.read_concern, options.read_concern());
  fill(context.write_concern, options.write_concern());
  fill(context.comment, options.comment());
  fill(context.hint, options.hint());
  if (options.collation().empty() || !context.collation.empty()) return;
  bson::Builder collation;
  collation.append_string("locale", options.collation());
  context.collation = collation.finish();
}

OperationContext Scope::context() const {
  OperationContext context;
  apply(context);
  return context;
}

ScopePtr effective(ScopePtr scope) {
  while (scope && scope->transaction && scope->transaction->ended.load() && scope->parent) scope = scope->parent;
  if (!scope)
    throw error(errc::unavailable,
                "this Database is a default one, connected to nothing; use what kinship::connect returned");
  return scope;
}

}  // namespace kinship::detail
