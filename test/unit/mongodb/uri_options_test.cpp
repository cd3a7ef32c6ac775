// Options of URIs beside what the specification's suite asks.
#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "driver/mongodb/uri_options.hpp"

namespace kinship::mongodb {
namespace {

struct Read {
  UriOptions options{};
  std::vector<std::string> warnings{};

  explicit Read(std::string_view query, bool quote_names = true) { read_uri_options(query, options, warnings, quote_names); }
};

std::string failure(std::string_view query) {
  try {
    const Read read(query);
  } catch (const error& e) {
    return e.what();
  }
  return "";
}

TEST_CASE("durations, numbers and names are read") {
  const Read read(
      "CONNECTTIMEOUTMS=250&maxPoolSize=0&readPreference=SecondaryPreferred&appName=a%26b&heartbeatFrequencyMS=500");
  CHECK(read.warnings.empty());
  CHECK(read.options.connect_timeout == Milliseconds(250));
  CHECK(read.options.max_pool_size == 0);
  CHECK(read.options.read_preference == ReadPreference::secondary_preferred);
  CHECK(read.options.app_name == "a&b");
  CHECK(read.options.heartbeat_frequency == Milliseconds(500));
  CHECK_FALSE(read.options.tls);
}

TEST_CASE("a wrong value is left out and leaves a warning that names what is right") {
  const Read read("connectTimeoutMS=99999999999&w=&replicaSet=&readPreference=any&compressors=lz4,zlib&maxConnecting=0x1");
  CHECK(read.warnings.size() == 6);
  CHECK_FALSE(read.options.connect_timeout);
  CHECK_FALSE(read.options.w);
  CHECK_FALSE(read.options.replica_set);
  CHECK_FALSE(read.options.read_preference);
  CHECK_FALSE(read.options.max_connecting);
  CHECK(read.options.compressors == std::vector<std::string>{"zlib"});
  CHECK(read.warnings[3].find("primaryPreferred") != std::string::npos);
}

TEST_CASE("an unknown option gets the nearest name") {
  CHECK(Read("retryWrite=true").warnings.at(0).find("did you mean retryWrites?") != std::string::npos);
  CHECK(Read("zzzzzzzzzzzz=1").warnings.at(0).find("did you mean") == std::string::npos);
  CHECK(Read("retryWrite=true", false).warnings.at(0).find("retryWrite") == std::string::npos);
  CHECK(Read("a%20b=1").warnings.at(0).find("a b") == std::string::npos);
}

TEST_CASE("tag sets keep their order, the empty one included") {
  const Read read("readPreferenceTags=dc:ny,rack:1&readPreferenceTags=dc:sf&readPreferenceTags=");
  CHECK(read.warnings.empty());
  REQUIRE(read.options.read_preference_tags);
  const TagSet first{{"dc", "ny"}, {"rack", "1"}};
  CHECK(read.options.read_preference_tags->size() == 3);
  CHECK(read.options.read_preference_tags->at(0) == first);
  CHECK(read.options.read_preference_tags->at(2).empty());
}

TEST_CASE("the old name of the write timeout gives way to the new one, in either order") {
  CHECK(Read("wtimeout=5&wTimeoutMS=10").options.w_timeout == Milliseconds(10));
  CHECK(Read("wTimeoutMS=10&wtimeout=5").options.w_timeout == Milliseconds(10));
  CHECK(Read("wtimeout=5").options.w_timeout == Milliseconds(5));
  CHECK(Read("wtimeout=5").warnings.size() == 1);
}

TEST_CASE("what was given twice counts as it stands last") {
  const Read read("replicaSet=a&replicaSet=b");
  CHECK(read.options.replica_set == "b");
  CHECK(read.warnings.size() == 1);
  CHECK(Read("tls=true&ssl=true").warnings.empty());
  CHECK(failure("tls=true&ssl=false").find("contradict") != std::string::npos);
}

TEST_CASE("proxies: all or nothing") {
  CHECK(failure("proxyPort=1080").find("proxyHost") != std::string::npos);
  CHECK(failure("proxyHost=h&proxyUsername=u").find("together") != std::string::npos);
  CHECK(failure("proxyHost=h&proxyHost=h").find("twice") != std::string::npos);
  CHECK(Read("proxyHost=h&proxyPort=1&proxyUsername=u&proxyPassword=").warnings.empty());
}

TEST_CASE("malformed options are errors") {
  CHECK_FALSE(failure("w").empty());
  CHECK_FALSE(failure("=1").empty());
  CHECK_FALSE(failure("w=1&").empty());
  CHECK_FALSE(failure("w=%4").empty());
  CHECK_FALSE(failure("w%zz=1").empty());
  CHECK_FALSE(failure("appName=" + std::string(129, 'a')).empty());
}

}  // namespace
}  // namespace kinship::mongodb
