// Choosing a server, and waiting for one: the specification "Server Selection" around the pure rules of selection.hpp.
// The usual case, one server that takes everything, costs a look at the snapshot.
#include <algorithm>
#include <random>

#include <kinship/error.hpp>

#include "driver/mongodb/deployment.hpp"

namespace kinship::mongodb {
namespace {

using Clock = std::chrono::steady_clock;

std::size_t random_below(std::size_t count) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
}

std::string wanted(const Target& target) {
  if (target.only != nullptr) return "an answer of " + target.only->address.text();
  if (target.writes) return "a server that takes writes";
  switch (target.read.mode) {
    case ReadPreference::primary:
      return "a primary";
    case ReadPreference::secondary:
      return "a secondary";
    default:
      return "a server that takes reads";
  }
}

std::shared_ptr<Server> known_in(const View& view, const Server& server) {
  for (std::size_t i = 0; i < view.servers.size(); ++i)
    if (view.servers[i].get() == &server && view.topology.servers[i].type != ServerType::unknown) return view.servers[i];
  return nullptr;
}

bool left(const View& view, const Server* server) {
  const auto is_it = [&](const auto& one) { return one.get() == server; };
  return server != nullptr && std::none_of(view.servers.begin(), view.servers.end(), is_it);
}

}  // namespace

std::shared_ptr<Server> Deployment::select_in(const View& view, const Target& target) const {
  if (target.only != nullptr) return known_in(view, *target.only);
  const bool primary =
      target.writes || target.read.mode == ReadPreference::primary || target.read.mode == ReadPreference::primary_preferred;
  if (primary && view.primary && target.read.tag_sets.empty() && target.deprioritized.empty()) return view.primary;
  const UriOptions& options = dialer_->uri().options;
  std::vector<const ServerDescription*> found =
      target.writes
          ? suitable_for_write(view.topology, target.deprioritized)
          : suitable_for_read(view.topology, target.read, options.heartbeat_frequency.value_or(std::chrono::seconds(10)),
                              target.deprioritized);
  found = within_latency_window(std::move(found), options.local_threshold.value_or(std::chrono::milliseconds(15)));
  const auto server_of = [&](const ServerDescription& description) {
    return view.servers[static_cast<std::size_t>(&description - view.topology.servers.data())];
  };
  const ServerDescription* chosen = choose(
      found, [&](const ServerDescription& one) { return server_of(one)->pool->load(); }, random_below);
  return chosen != nullptr ? server_of(*chosen) : nullptr;
}

std::shared_ptr<Server> Deployment::try_select(const View& view, const Target& target) const {
  return view.topology.incompatible.empty() ? select_in(view, target) : nullptr;
}

std::shared_ptr<Pause> Deployment::wait_for_change(const std::shared_ptr<const View>& seen, Deadline until) {
  const std::lock_guard lock(mutex_);
  auto pause = std::make_shared<Pause>(dialer_->deadlines(), until);
  if (stopped_ || view_ != seen) {
    pause->wake();
    return pause;
  }
  std::erase_if(waiting_, [](const auto& weak) { return weak.expired(); });
  waiting_.push_back(pause);
  return pause;
}

void Deployment::check_all() const {
  for (const auto& server : view()->servers) server->monitor->check_now();
}

awaitable<std::shared_ptr<Server>> Deployment::select(Target target, std::string operation, Deadline deadline) {
  return select_of(shared_from_this(), std::move(target), std::move(operation), deadline);
}

awaitable<std::shared_ptr<Server>> Deployment::select_of(std::shared_ptr<Deployment> self, Target target,
                                                         std::string operation, Deadline deadline) {
  const auto began = Clock::now();
  const auto limit = self->dialer_->uri().options.server_selection_timeout.value_or(std::chrono::seconds(30));
  const Deadline until = std::min(deadline, began + limit);
  const auto refusal = [&](errc code, const std::string& why) {
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
    ErrorContext context;
    context.operation = operation;
    return NetworkError(code, operation + " after " + std::to_string(time.count()) + " ms: " + why, std::move(context));
  };
  for (;;) {
    const std::shared_ptr<const View> now = self->view();
    if (!now->topology.incompatible.empty()) throw refusal(errc::unsupported, now->topology.incompatible);
    if (auto server = self->select_in(*now, target)) co_return server;
    if (left(*now, target.only))
      throw refusal(errc::unavailable, target.only->address.text() + " is no longer part of the deployment; begin anew");
    if (now->topology.replica_set() && now->topology.servers.empty())  // and nobody left who could tell of others
      throw refusal(errc::unavailable, wanted(target) + " cannot be found (known: " + now->topology.text() + ")");
    const std::shared_ptr<Pause> pause = self->wait_for_change(now, until);
    self->check_all();
    co_await detail::await_operation(pause);
    {
      const std::lock_guard lock(self->mutex_);
      if (self->stopped_) throw refusal(errc::unavailable, "the database was closed");
    }
    if (pause->result() == Pause::End::cancelled)
      throw refusal(errc::cancelled, "the operation was cancelled while it waited for " + wanted(target));
    if (pause->result() == Pause::End::woken) continue;
    const std::string known = " (known: " + self->view()->topology.text() + ")";
    if (deadline <= until) throw refusal(errc::timeout, wanted(target) + " was not found before the deadline" + known);
    throw refusal(errc::unavailable, wanted(target) + " was not found within serverSelectionTimeoutMS" + known +
                                         "; check the hosts in the URI and that the servers run");
  }
}

}  // namespace kinship::mongodb
