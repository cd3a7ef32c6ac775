// The matchers of the unified test format: every operator with what it lets through and what it does not.
// A matcher that lets everything through would make the suites worthless.
#include <doctest/doctest.h>

#include <kinship/error.hpp>

#include "spec/report.hpp"
#include "spec/unified/expect.hpp"
#include "spec/unified/file.hpp"

namespace kinship::spec {
namespace {

bson::Document bson_of(const char* json) { return from_extended_json(Json::parse(json)); }

std::string compared(const char* expected, const char* actual, const UnifiedValues& known = {}) {
  const bson::Document document = bson_of(actual);
  return mismatch(Json::parse(expected), document.view(), known);
}
bool matches(const char* expected, const char* actual, const UnifiedValues& known = {}) {
  return compared(expected, actual, known).empty();
}

TEST_CASE("documents at the root may hold more, those inside may not") {
  CHECK(matches(R"({"a":1})", R"({"b":2,"a":1})"));
  CHECK_FALSE(matches(R"({"a":1,"b":2})", R"({"a":1})"));
  CHECK(matches(R"({"a":{"b":1,"c":2}})", R"({"a":{"c":2,"b":1}})"));
  CHECK(compared(R"({"a":{"b":1}})", R"({"a":{"b":1,"c":2}})") == "'a.c' should not be there");
  CHECK_FALSE(matches(R"({"a":[{"b":1}]})", R"({"a":[{"b":1,"c":2}]})"));
  CHECK(matches(R"({"a":{"$$matchAsRoot":{"b":1}}})", R"({"a":{"b":1,"c":2}})"));
  const bson::Document list = bson_of(R"({"l":[{"a":1,"b":2},{"a":3}]})");
  CHECK(mismatch(Json::parse(R"([{"a":1},{"a":3}])"), list["l"], {}).empty());
  CHECK_FALSE(mismatch(Json::parse(R"([{"a":1}])"), list["l"], {}).empty());
  CHECK_FALSE(mismatch(Json::parse(R"([{"a":1},{"a":3},{"a":4}])"), list["l"], {}).empty());
}

TEST_CASE("numbers are compared by value, everything else by type and value") {
  CHECK(matches(R"({"a":1})", R"({"a":{"$numberLong":"1"}})"));
  CHECK(matches(R"({"a":1})", R"({"a":1.0})"));
  CHECK(matches(R"({"a":{"$numberLong":"9007199254740993"}})", R"({"a":{"$numberLong":"9007199254740993"}})"));
  CHECK_FALSE(matches(R"({"a":{"$numberLong":"9007199254740993"}})", R"({"a":{"$numberLong":"9007199254740992"}})"));
  CHECK_FALSE(matches(R"({"a":1})", R"({"a":true})"));
  CHECK_FALSE(matches(R"({"a":1})", R"({"a":"1"})"));
  CHECK_FALSE(matches(R"({"a":null})", R"({"b":1})"));
  CHECK(matches(R"({"a":{"$oid":"56e1fc72e0c917e9c4714161"}})", R"({"a":{"$oid":"56e1fc72e0c917e9c4714161"}})"));
  CHECK_FALSE(matches(R"({"a":[1,2]})", R"({"a":[2,1]})"));
  CHECK_FALSE(matches(R"({"a":[1]})", R"({"a":1})"));
  CHECK_FALSE(matches(R"({"a":{"b":1}})", R"({"a":1})"));
}

TEST_CASE("operators") {
  CHECK(matches(R"({"a":{"$$exists":true}})", R"({"a":null})"));
  CHECK_FALSE(matches(R"({"a":{"$$exists":true}})", R"({})"));
  CHECK(matches(R"({"a":{"$$exists":false}})", R"({})"));
  CHECK_FALSE(matches(R"({"a":{"$$exists":false}})", R"({"a":1})"));
  CHECK(matches(R"({"a":{"b":{"$$exists":false}}})", R"({"a":{}})"));
  CHECK(matches(R"({"a":{"$$unsetOrMatches":1}})", R"({})"));
  CHECK(matches(R"({"a":{"$$unsetOrMatches":1}})", R"({"a":1})"));
  CHECK_FALSE(matches(R"({"a":{"$$unsetOrMatches":1}})", R"({"a":2})"));
  CHECK(matches(R"({"a":{"$$type":["int","long"]}})", R"({"a":1})"));
  CHECK_FALSE(matches(R"({"a":{"$$type":"string"}})", R"({"a":1})"));
  CHECK_FALSE(matches(R"({"a":{"$$type":"string"}})", R"({})"));
  CHECK(matches(R"({"a":{"$$type":"number"}})", R"({"a":1.5})"));
  CHECK(matches(R"({"a":{"$$lte":5}})", R"({"a":5})"));
  CHECK_FALSE(matches(R"({"a":{"$$lte":5}})", R"({"a":6})"));
  CHECK_FALSE(matches(R"({"a":{"$$lte":5}})", R"({"a":"x"})"));
  CHECK(matches(R"({"a":{"$$matchesHexBytes":"ff00"}})", R"({"a":{"$binary":{"base64":"/wA=","subType":"00"}}})"));
  CHECK_FALSE(matches(R"({"a":{"$$matchesHexBytes":"ff01"}})", R"({"a":{"$binary":{"base64":"/wA=","subType":"00"}}})"));
  CHECK(matches(R"({"a":{"$$matchAsDocument":{"b":1}}})", R"({"a":"{\"b\": 1}"})"));
  CHECK_FALSE(matches(R"({"a":{"$$matchAsDocument":{"b":1}}})", R"({"a":"{\"b\": 1, \"c\": 2}"})"));
  CHECK(matches(R"({"a":{"$$matchAsDocument":{"$$matchAsRoot":{"b":1}}}})", R"({"a":"{\"b\": 1, \"c\": 2}"})"));
  CHECK_THROWS(matches(R"({"a":{"$$nonsense":1}})", R"({"a":1})"));
}

TEST_CASE("entities and sessions are compared with what was kept") {
  UnifiedValues known;
  known.values["id"] = Value(7);
  known.lsids["session0"] = bson_of(R"({"id":5})");
  CHECK(matches(R"({"a":{"$$matchesEntity":"id"}})", R"({"a":7})", known));
  CHECK_FALSE(matches(R"({"a":{"$$matchesEntity":"id"}})", R"({"a":8})", known));
  CHECK_FALSE(matches(R"({"a":{"$$matchesEntity":"other"}})", R"({"a":7})", known));
  CHECK(matches(R"({"lsid":{"$$sessionLsid":"session0"}})", R"({"lsid":{"id":5}})", known));
  CHECK_FALSE(matches(R"({"lsid":{"$$sessionLsid":"session0"}})", R"({"lsid":{"id":6}})", known));
  CHECK_FALSE(matches(R"({"lsid":{"$$sessionLsid":"session1"}})", R"({"lsid":{"id":5}})", known));
}

TEST_CASE("events: in order, of one type, none too many") {
  const std::vector<UnifiedEvent> events{
      {"commandStartedEvent", bson_of(R"({"commandName":"find","command":{"find":"c","limit":1},"serverConnectionId":3})")},
      {"connectionCheckedOutEvent", {}},
      {"commandSucceededEvent", bson_of(R"({"commandName":"find"})")}};
  const auto compared = [&](const char* expected) { return events_mismatch(Json::parse(expected), events, {}); };
  CHECK(compared(R"({"events":[{"commandStartedEvent":{"command":{"find":"c"}}},{"commandSucceededEvent":{}}]})").empty());
  CHECK(compared(R"({"eventType":"cmap","events":[{"connectionCheckedOutEvent":{}}]})").empty());
  CHECK(compared(R"({"eventType":"sdam","events":[]})").empty());
  CHECK(compared(R"({"events":[{"commandStartedEvent":{"hasServerConnectionId":true}}],"ignoreExtraEvents":true})").empty());
  CHECK(compared(R"({"events":[{"commandStartedEvent":{}}]})").find("event 1 should not be there") == 0);
  CHECK(compared(R"({"events":[{"commandStartedEvent":{}},{"commandFailedEvent":{}}]})")
            .find("event 1 is a commandSucceededEvent") == 0);
  CHECK(compared(R"({"events":[{"commandStartedEvent":{}},{"commandSucceededEvent":{}},{"commandStartedEvent":{}}]})")
            .find("event 2 is missing") == 0);
  CHECK(
      compared(R"({"events":[{"commandStartedEvent":{"command":{"find":"d"}}}],"ignoreExtraEvents":true})").find("'find'") !=
      std::string::npos);
  CHECK_FALSE(compared(R"({"events":[{"commandStartedEvent":{"hasServiceId":true}}],"ignoreExtraEvents":true})").empty());
  CHECK_THROWS(event_type("nonsenseEvent"));
}

TEST_CASE("errors: every field that is expected counts") {
  UnifiedFailure failure;
  failure.message = "E11000 Duplicate key";
  failure.code = 11000;
  failure.code_name = "DuplicateKey";
  failure.labels = {"A"};
  failure.response = bson_of(R"({"ok":0,"code":11000})");
  failure.result = bson_of(R"({"insertedCount":1})");
  const auto good = [&](const char* expected) { return failure_mismatch(Json::parse(expected), failure, {}).empty(); };
  CHECK(good(
      R"({"isError":true,"isClientError":false,"isTimeoutError":false,"errorContains":"DUPLICATE","errorCode":11000,"errorCodeName":"DuplicateKey",
                 "errorLabelsContain":["A"],"errorLabelsOmit":["B"],"errorResponse":{"code":11000},"expectResult":{"insertedCount":1}})"));
  for (const char* wrong :
       {R"({"isClientError":true})", R"({"isTimeoutError":true})", R"({"errorContains":"other"})", R"({"errorCode":1})",
        R"({"errorCodeName":"Other"})", R"({"errorLabelsContain":["B"]})", R"({"errorLabelsOmit":["A"]})",
        R"({"errorResponse":{"code":1}})", R"({"expectResult":{"insertedCount":2}})"}) {
    CAPTURE(wrong);
    CHECK_FALSE(good(wrong));
  }
  CHECK_THROWS(good(R"({"writeErrors":{}})"));
}

TEST_CASE("requirements: one of them must be met") {
  ServerFacts server;
  server.version = {4, 4, 2};
  server.topology = "replicaset";
  server.parameters = Json::parse(R"({"flag":true})");
  const auto lacks = [&](const char* needs) { return unmet(Json::parse(needs), server); };
  CHECK(lacks("[]").empty());
  CHECK(lacks(R"([{"minServerVersion":"4.4","topologies":["single","replicaset"]}])").empty());
  CHECK(lacks(R"([{"minServerVersion":"5.0"},{"maxServerVersion":"4.4"}])").empty());
  CHECK(lacks(R"([{"maxServerVersion":"4.4.1"}])").find("up to 4.4.1") != std::string::npos);
  CHECK(lacks(R"([{"minServerVersion":"4.99"}])") == "needs server 4.99");
  CHECK_FALSE(lacks(R"([{"topologies":["sharded"]}])").empty());
  CHECK_FALSE(lacks(R"([{"auth":true}])").empty());
  CHECK(lacks(R"([{"auth":false,"serverless":"forbid","csfle":false}])").empty());
  CHECK_FALSE(lacks(R"([{"serverless":"require"}])").empty());
  CHECK(lacks(R"([{"serverParameters":{"flag":true}}])").empty());
  CHECK_FALSE(lacks(R"([{"serverParameters":{"flag":false}}])").empty());
  CHECK_THROWS(lacks(R"([{"nonsense":1}])"));
}

TEST_CASE("files: what is not known is refused, what is newer is skipped") {
  const auto read = [](const char* json) { return read_unified(Json::parse(json)); };
  const UnifiedFile file = read(
      R"({"description":"d","schemaVersion":"1.4","tests":[{"description":"t","operations":[{"name":"find","object":"c"}]}]})");
  REQUIRE(file.tests.size() == 1);
  CHECK(file.tests[0].operations.size() == 1);
  CHECK(file.tests[0].skip_reason.empty());
  CHECK_THROWS_AS(read(R"({"description":"d","schemaVersion":"1.99","tests":[]})"), Skip);
  CHECK_THROWS_AS(read(R"({"description":"d","schemaVersion":"2.0","tests":[]})"), Skip);
  CHECK_THROWS(read(R"({"description":"d","schemaVersion":"1.4","tests":[]})"));
  CHECK_THROWS(
      read(R"({"description":"d","schemaVersion":"1.4","nonsense":1,"tests":[{"description":"t","operations":[]}]})"));
  CHECK_THROWS(
      read(R"({"description":"d","schemaVersion":"1.4","tests":[{"description":"t","operations":[{"name":"find"}]}]})"));
}

}  // namespace
}  // namespace kinship::spec
