// The newest `$clusterTime` any server has told, which goes with every command, so that servers learn it from us (gossip).
// Thread-safe; news that are old cost one atomic read.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include <kinship/value/bson.hpp>

namespace kinship::mongodb {

/// The timestamp in {clusterTime: Timestamp, signature: ...}, comparable; 0 if there is none.
std::uint64_t cluster_timestamp(bson::DocumentView cluster_time) noexcept;

class ClusterTime {
 public:
  /// Of a reply's `$clusterTime`; anything that is none is ignored.
  void advance(bson::ValueView cluster_time);
  /// Null until one was told. Sent as it came: servers have signed it.
  std::shared_ptr<const bson::Document> newest() const;

 private:
  std::atomic<std::uint64_t> timestamp_{0};
  mutable std::mutex mutex_{};
  std::shared_ptr<const bson::Document> newest_{};
};

/// A reply's `operationTime`; nullopt if it has none.
std::optional<std::uint64_t> operation_time_of(bson::DocumentView reply) noexcept;

}  // namespace kinship::mongodb
