// Dates as text and as durations: the calendar's corners, the ends of the range, and what is refused.
// Expected milliseconds come from `date -u -d ... +%s`, not from the code under test.
#include <doctest/doctest.h>

#include <kinship/error.hpp>
#include <kinship/value/datetime.hpp>

using namespace kinship;
namespace chrono = std::chrono;

TEST_CASE("dates are printed as ISO 8601") {
  CHECK(format_date(0) == "1970-01-01T00:00:00Z");
  CHECK(format_date(1'709'209'800'250) == "2024-02-29T12:30:00.250Z");
  CHECK(format_date(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(format_date(-62'135'596'800'000) == "0001-01-01T00:00:00Z");
  CHECK(format_date(253'402'300'799'999) == "9999-12-31T23:59:59.999Z");
  CHECK(format_date(253'402'300'800'000) == "+010000-01-01T00:00:00Z");
  CHECK(format_date(-62'167'219'200'001) == "-000001-12-31T23:59:59.999Z");
}

TEST_CASE("dates are read in the forms people write") {
  CHECK(*parse_date("2024-02-29T12:30:00.250Z") == 1'709'209'800'250);
  CHECK(*parse_date("2024-02-29T12:30:00.25Z") == 1'709'209'800'250);
  CHECK(*parse_date("2024-02-29T12:30:00.250999999Z") == 1'709'209'800'250);
  CHECK(*parse_date("2024-02-29T14:30:00.250+02:00") == 1'709'209'800'250);
  CHECK(*parse_date("2024-02-29T07:00:00.250-0530") == 1'709'209'800'250);
  CHECK(*parse_date("2024-02-29T13:30:00.250+01") == 1'709'209'800'250);
  CHECK(*parse_date("2024-02-29 12:30") == 1'709'209'800'000);
  CHECK(*parse_date("2024-02-29") == 1'709'164'800'000);
  CHECK(*parse_date("1969-12-31T23:59:59.999Z") == -1);
}

TEST_CASE("what is no date is refused") {
  for (const char* text : {"",
                           "2024",
                           "2024-13-01",
                           "2024-00-01",
                           "2023-02-29",
                           "1900-02-29",
                           "2024-02-30",
                           "2024-2-9",
                           "x",
                           "2024-02-29T",
                           "2024-02-29T24:00:00Z",
                           "2024-02-29T12:60:00Z",
                           "2024-02-29T12:30:61Z",
                           "2024-02-29T12:30:00.Z",
                           "2024-02-29T12:30:00Zx",
                           "2024-02-29T12:30:00+",
                           "2024-02-29T12:30:00+2",
                           "2024-02-29T12:30:00+24:00",
                           "+999999999-01-01T00:00:00Z",
                           "12024-02-29"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text));
  }
}

TEST_CASE("every date survives its text, to the ends of the range") {
  for (const std::int64_t ms :
       {INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - 1, std::int64_t{0}, std::int64_t{951'782'400'000}}) {
    CAPTURE(ms);
    REQUIRE(parse_date(format_date(ms)));
    CHECK(*parse_date(format_date(ms)) == ms);
  }
  for (std::int64_t day = -800'000; day < 800'000; day += 37)
    REQUIRE(*parse_date(format_date(day * 86'400'000 + 5)) == day * 86'400'000 + 5);
}

TEST_CASE("durations convert, rounding down, within their range") {
  CHECK(to_milliseconds(chrono::sys_time<chrono::seconds>(chrono::seconds(5))) == 5000);
  CHECK(to_milliseconds(chrono::sys_time<chrono::nanoseconds>(chrono::nanoseconds(-1))) == -1);
  CHECK(to_milliseconds(chrono::sys_days(chrono::days(1))) == 86'400'000);
  CHECK(*from_milliseconds<chrono::seconds>(-1) == chrono::sys_time<chrono::seconds>(chrono::seconds(-1)));
  CHECK(*from_milliseconds<chrono::nanoseconds>(3) == chrono::sys_time<chrono::nanoseconds>(chrono::nanoseconds(3'000'000)));
  CHECK_FALSE(from_milliseconds<chrono::nanoseconds>(INT64_MAX / 1000));
  CHECK_FALSE(from_milliseconds<chrono::duration<std::int32_t>>(1LL << 50));
  CHECK_THROWS_AS(to_milliseconds(chrono::sys_time<chrono::seconds>(chrono::seconds(INT64_MAX / 10))), error);
  CHECK(now() > DateTime(chrono::milliseconds(1'700'000'000'000)));
}
