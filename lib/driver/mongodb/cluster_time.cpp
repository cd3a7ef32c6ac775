// Gossip of cluster times.
// Timestamps compare as unsigned 64-bit numbers: seconds above, a counter below.
#include "driver/mongodb/cluster_time.hpp"

#include "driver/mongodb/bson_read.hpp"

namespace kinship::mongodb {
namespace {

std::optional<std::uint64_t> read_timestamp(bson::ValueView value) noexcept {
  if (!value.is(bson::Type::timestamp)) return std::nullopt;
  return static_cast<std::uint64_t>(value.as_int64());
}

}  // namespace

std::uint64_t cluster_timestamp(bson::DocumentView cluster_time) noexcept {
  return read_timestamp(cluster_time["clusterTime"]).value_or(0);
}

void ClusterTime::advance(bson::ValueView cluster_time) {
  const bson::DocumentView document = read_document(cluster_time);
  const std::uint64_t timestamp = cluster_timestamp(document);
  if (timestamp <= timestamp_.load(std::memory_order_relaxed)) return;
  auto told = std::make_shared<const bson::Document>(document);
  const std::lock_guard lock(mutex_);
  if (timestamp <= timestamp_.load(std::memory_order_relaxed)) return;
  newest_ = std::move(told);
  timestamp_.store(timestamp, std::memory_order_relaxed);
}

std::shared_ptr<const bson::Document> ClusterTime::newest() const {
  if (timestamp_.load(std::memory_order_relaxed) == 0) return nullptr;
  const std::lock_guard lock(mutex_);
  return newest_;
}

std::optional<std::uint64_t> operation_time_of(bson::DocumentView reply) noexcept {
  return read_timestamp(reply["operationTime"]);
}

}  // namespace kinship::mongodb
