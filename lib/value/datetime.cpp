// ISO 8601 to and from milliseconds, over the whole range of int64 (std::chrono::year ends at 32767).
// Days and civil dates convert by counting 400-year eras of 146097 days.
#include <cstdio>
#include <kinship/error.hpp>
#include <kinship/value/datetime.hpp>

namespace kinship {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

// Days since 1970 of a civil date; years count from March so that the leap day ends them.
std::int64_t days_of(std::int64_t year, int month, int day) {
  year -= month <= 2;
  const std::int64_t era = floor_divide(year, 400), of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

int days_in(std::int64_t year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool done() const { return text_.empty(); }
  bool take(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  // Exactly `least` to `most` digits.
  bool number(std::size_t least, std::size_t most, std::int64_t& out) {
    std::size_t count = 0;
    for (out = 0; count < most && count < text_.size() && text_[count] >= '0' && text_[count] <= '9'; ++count)
      out = out * 10 + (text_[count] - '0');
    text_.remove_prefix(count);
    digits_ = count;
    return count >= least;
  }
  std::size_t digits() const { return digits_; }

 private:
  std::string_view text_;
  std::size_t digits_{};
};

bool read_day(Reader& in, std::int64_t& days) {
  const bool minus = in.take('-'), sign = minus || in.take('+');
  std::int64_t year, month, day;
  if (!in.number(sign ? 6 : 4, sign ? 9 : 4, year) || !in.take('-') || !in.number(2, 2, month) || !in.take('-') ||
      !in.number(2, 2, day))
    return false;
  if (minus) year = -year;
  if (month < 1 || month > 12 || day < 1 || day > days_in(year, static_cast<int>(month))) return false;
  days = days_of(year, static_cast<int>(month), static_cast<int>(day));
  return true;
}

bool read_time(Reader& in, std::int64_t& milliseconds) {
  std::int64_t hour, minute, second = 0, fraction = 0;
  if (!in.number(2, 2, hour) || !in.take(':') || !in.number(2, 2, minute)) return false;
  if (in.take(':')) {
    if (!in.number(2, 2, second)) return false;
    if (in.take('.')) {
      if (!in.number(1, 9, fraction)) return false;
      for (std::size_t i = in.digits(); i < 3; ++i) fraction *= 10;
      for (std::size_t i = in.digits(); i > 3; --i) fraction /= 10;
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  milliseconds = ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
  return true;
}

bool read_zone(Reader& in, std::int64_t& offset) {
  offset = 0;
  if (in.done() || in.take('Z') || in.take('z')) return true;
  const bool minus = in.take('-');
  std::int64_t hours, minutes = 0;
  if ((!minus && !in.take('+')) || !in.number(2, 2, hours)) return false;
  if (in.take(':') || !in.done()) {
    if (!in.number(2, 2, minutes)) return false;
  }
  if (hours > 23 || minutes > 59) return false;
  offset = (hours * 60 + minutes) * 60'000 * (minus ? -1 : 1);
  return true;
}

}  // namespace

void detail::date_out_of_range() {
  throw error(errc::type_mismatch, "the date is outside what a stored date can hold (292 million years around 1970)");
}

bool detail::scale_date(std::int64_t value, std::int64_t multiply, std::int64_t divide, std::int64_t& out) noexcept {
  if (__builtin_mul_overflow(value, multiply, &out)) return false;
  out = floor_divide(out, divide);
  return true;
}

std::string format_date(std::int64_t milliseconds) {
  const std::int64_t days = floor_divide(milliseconds, day_ms);
  const auto rest = static_cast<int>((milliseconds % day_ms + day_ms) % day_ms);
  const std::int64_t shifted = days + 719'468, era = floor_divide(shifted, 146'097), of_era = shifted - era * 146'097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const auto of_year = static_cast<int>(of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
  const int shifted_month = (5 * of_year + 2) / 153;
  const int day = of_year - (153 * shifted_month + 2) / 5 + 1;
  const int month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2);
  char text[64];
  const char* form = year >= 0 && year <= 9999 ? "%04lld-%02d-%02dT%02d:%02d:%02d" : "%+07lld-%02d-%02dT%02d:%02d:%02d";
  int length = std::snprintf(text, sizeof text, form, static_cast<long long>(year), month, day, rest / 3'600'000,
                             rest / 60'000 % 60, rest / 1000 % 60);
  if (rest % 1000 != 0) length += std::snprintf(text + length, sizeof text - 32, ".%03d", rest % 1000);
  return std::string(text, static_cast<std::size_t>(length)) + "Z";
}

std::optional<std::int64_t> parse_date(std::string_view text) noexcept {
  Reader in(text);
  std::int64_t days, time = 0, offset = 0, out;
  if (!read_day(in, days)) return std::nullopt;
  if (!in.done()) {
    if (!in.take('T') && !in.take('t') && !in.take(' ')) return std::nullopt;
    if (!read_time(in, time) || !read_zone(in, offset) || !in.done()) return std::nullopt;
  }
  // The last partial day of the range would overflow half-way, so the day is counted from its nearer end.
  if (days < 0) {
    ++days;
    time -= day_ms;
  }
  if (__builtin_mul_overflow(days, day_ms, &out) || __builtin_add_overflow(out, time - offset, &out)) return std::nullopt;
  return out;
}

}  // namespace kinship
