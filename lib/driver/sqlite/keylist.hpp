// Index key ranges as a table: `keylist(?1)` yields one row for each range of the bound KeyList, in order.
// One prepared statement thus serves any number of keys, and the row's number says which key a result belongs to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace kinship::sqlite {

/// Half-open ranges [low, high) of index keys, in one piece of memory.
class KeyList {
 public:
  static constexpr const char* pointer_type = "kinship-keylist";

  /// `origin`: which of the caller's values this range stands for.
  void add(std::string_view low, std::string_view high = {}, std::uint32_t origin = 0);
  std::size_t size() const noexcept { return entries_.size(); }
  bool empty() const noexcept { return entries_.empty(); }
  std::string_view low(std::size_t i) const noexcept { return {bytes_.data() + entries_[i].at, entries_[i].low}; }
  std::string_view high(std::size_t i) const noexcept {
    return {bytes_.data() + entries_[i].at + entries_[i].low, entries_[i].high};
  }
  std::uint32_t origin(std::size_t i) const noexcept { return entries_[i].origin; }
  void reserve(std::size_t count, std::size_t bytes_each);
  /// Orders by low end and keeps, of those that are equal, the one with the first origin.
  void sort_unique();

 private:
  struct Entry {
    std::size_t at;
    std::uint32_t low, high, origin;
  };
  std::string bytes_;
  std::vector<Entry> entries_;
};

/// Makes `keylist` known to a connection.
void register_keylist(sqlite3* db);

}  // namespace kinship::sqlite
