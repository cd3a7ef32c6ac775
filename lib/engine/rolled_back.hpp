// What rolled-back transactions gave to objects that cannot be followed (models without relationship members): keys that are
// in no store, and versions that were taken back. Looked up when such an object is used next; addresses are only compared.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include <kinship/value/id.hpp>

namespace kinship::detail {

struct ModelInfo;

struct MadeKey {
  const ModelInfo* model{};
  Id key{};
  friend bool operator==(const MadeKey&, const MadeKey&) = default;
};
struct GivenVersion {
  const ModelInfo* model{};
  const void* object{};
  Id key{};
  std::int64_t given{};
  std::int64_t before{};
};

/// Thread-safe; holds the latest few thousand.
class RolledBack {
 public:
  void add(std::vector<MadeKey> keys, std::vector<GivenVersion> versions);
  /// Whether a transaction made this key and was rolled back, so that no document has it.
  bool was_made(const ModelInfo& model, const Id& key) const;
  /// These are stored now.
  void stored(const std::vector<MadeKey>& keys);
  /// The version the object had before a transaction that was rolled back gave it `now`; asked once.
  std::optional<std::int64_t> version_before(const ModelInfo& model, const void* object, const Id& key, std::int64_t now);

 private:
  static constexpr std::size_t most = 4096;

  mutable std::mutex mutex_;
  std::deque<MadeKey> keys_;
  std::deque<GivenVersion> versions_;
};

}  // namespace kinship::detail
