// The rules of "Server Discovery and Monitoring" about errors outside of monitoring.
// Each line of the table there is a line here.
#include "driver/mongodb/topology_error.hpp"

namespace kinship::mongodb {

Verdict judge(const TopologyDescription& topology, std::uint64_t pool_generation, const OperationFailure& failure) {
  using Kind = OperationFailure::Kind;
  Verdict verdict;
  const ServerDescription* server = topology.find(failure.address);
  if (server == nullptr || topology.type == TopologyType::load_balanced) return verdict;
  if (failure.generation < pool_generation) return verdict;  // that pool was cleared for it, or for something before it
  if (failure.overloaded) return verdict;                    // the server is there: leaving it would only move the load
  verdict.text = failure.text;
  if (failure.kind == Kind::reply) {
    const auto error = read_state_error(failure.reply);
    if (error && (is_not_primary(*error) || is_recovering(*error))) {
      if (is_stale(server->topology_version, error->topology_version, true)) return {};
      verdict.mark_unknown = verdict.check_now = true;
      verdict.clear_pool = is_shutting_down(*error) || !failure.handshake_done;
      verdict.topology_version = error->topology_version;
      if (verdict.text.empty()) verdict.text = error->message;
      return verdict;
    }
    if (failure.handshake_done) return {};
  }
  if (failure.kind == Kind::timeout && failure.handshake_done) return {};  // a slow operation says nothing of the server
  verdict.mark_unknown = verdict.clear_pool = true;
  return verdict;
}

}  // namespace kinship::mongodb
