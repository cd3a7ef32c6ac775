// Dates: std::chrono::sys_time in any duration, stored as BSON dates (milliseconds since 1970, UTC).
// Conversions are range-checked, because seconds reach further than milliseconds and nanoseconds less far.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kinship {

/// What the store keeps.
using DateTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// The present, in the store's resolution.
inline DateTime now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

namespace detail {
[[noreturn]] void date_out_of_range();

// True if milliseconds * num / den (with the remainder left out) fits int64; then `out` is the floor of it.
bool scale_date(std::int64_t value, std::int64_t multiply, std::int64_t divide, std::int64_t& out) noexcept;
}  // namespace detail

/// Milliseconds since the epoch; finer durations are rounded down. Throws `type_mismatch` beyond the range of int64.
template <class D>
std::int64_t to_milliseconds(std::chrono::sys_time<D> date) {
  static_assert(!std::chrono::treat_as_floating_point_v<typename D::rep>, "kinship: dates count in whole numbers");
  using Ratio = std::ratio_divide<typename D::period, std::milli>;
  std::int64_t out;
  if (!detail::scale_date(static_cast<std::int64_t>(date.time_since_epoch().count()), Ratio::num, Ratio::den, out))
    detail::date_out_of_range();
  return out;
}

/// The stored date in that duration, rounded down; nullopt if it cannot hold it (nanoseconds end in the year 2262).
template <class D>
std::optional<std::chrono::sys_time<D>> from_milliseconds(std::int64_t milliseconds) noexcept {
  using Ratio = std::ratio_divide<std::milli, typename D::period>;
  std::int64_t out;
  if (!detail::scale_date(milliseconds, Ratio::num, Ratio::den, out)) return std::nullopt;
  const auto count = static_cast<typename D::rep>(out);
  if (static_cast<std::int64_t>(count) != out) return std::nullopt;
  return std::chrono::sys_time<D>(D(count));
}

/// ISO 8601: "2024-02-29T12:30:00.250Z"; milliseconds only if there are any, a sign and six or more digits for years
/// outside 0000 to 9999.
std::string format_date(std::int64_t milliseconds);

/// Reads what `format_date` writes, and also a bare date, a time without seconds, up to nine digits of a fraction (beyond
/// milliseconds cut off) and offsets such as "+02:00"; without a zone it is UTC. nullopt for anything else.
std::optional<std::int64_t> parse_date(std::string_view text) noexcept;

}  // namespace kinship
