// Which failures may be tried again, and the labels: the tables of the specifications, line by line.
#include <doctest/doctest.h>

#include "driver/mongodb/retry.hpp"
#include "support/bson.hpp"

namespace kinship::mongodb {
namespace {

using test::array;
using test::doc;

constexpr int state_codes[] = {10107, 13435, 10058, 11600, 11602, 13436, 189, 91};

Attempt retryable(int wire_version) {
  Attempt attempt;
  attempt.retryable_write = true;
  attempt.wire_version = wire_version;
  return attempt;
}
Attempt commit(int wire_version = 21) {
  Attempt attempt;
  attempt.commit = attempt.in_transaction = true;
  attempt.wire_version = wire_version;
  return attempt;
}
ServerError command_error(int code, const Attempt& attempt = {}) {
  return *read_error(doc("ok", 0, "code", code, "errmsg", "failed"), attempt);
}
ServerError concern_error(int code, const Attempt& attempt = {}) {
  return *read_error(doc("ok", 1, "writeConcernError", doc("code", code, "errmsg", "failed")), attempt);
}

TEST_CASE("errors have three shapes, and labels stand on top or inside") {
  CHECK_FALSE(read_error(doc("ok", 1.0)));
  CHECK_FALSE(read_error(doc("ok", 1, "writeErrors", array())));
  const auto refused =
      read_error(doc("ok", 0.0, "code", 8, "codeName", "UnknownError", "errmsg", "no", "errorLabels", array("A")));
  REQUIRE(refused);
  CHECK(refused->shape == ErrorShape::command);
  CHECK(refused->code_name == "UnknownError");
  CHECK(refused->has_label("A"));
  const auto write = read_error(doc("ok", 1, "writeErrors", array(doc("code", 66, "errmsg", "no"))));
  REQUIRE(write);
  CHECK(write->shape == ErrorShape::write);
  CHECK(write->code == 66);
  const auto concern =
      read_error(doc("ok", 1, "writeConcernError", doc("code", 64, "errorLabels", array("B")), "errorLabels", array("A")));
  REQUIRE(concern);
  CHECK(concern->shape == ErrorShape::write_concern);
  CHECK(concern->has_label("A"));
  CHECK(concern->has_label("B"));
  CHECK_FALSE(concern->has_label("C"));
}

TEST_CASE("fields of another type are taken as missing") {
  const auto error = read_error(doc("ok", "no", "code", "x", "errmsg", 5, "errorLabels", "y"));
  REQUIRE(error);
  CHECK(error->code == 0);
  CHECK(error->message.empty());
  CHECK(error->labels.empty());
  CHECK(read_error(bson::Document()));
  const auto odd = read_error(doc("ok", 1, "writeErrors", array(7)));
  REQUIRE(odd);
  CHECK(odd->code == 0);
}

TEST_CASE("reads are retried by code, and when no reply came") {
  for (const int code : state_codes) CHECK(may_retry_read(command_error(code)));
  for (const int code : {6, 7, 89, 9001, 262, 134}) CHECK(may_retry_read(command_error(code)));
  for (const int code : {0, 1, 2, 50, 112, 11000, 11601}) CHECK_FALSE(may_retry_read(command_error(code)));
  CHECK(may_retry_read(network_error("reset", {})));
}

TEST_CASE("writes are retried by the server's label, which old servers do not set") {
  for (const int code : state_codes) {
    CHECK(may_retry_write(command_error(code, retryable(8))));
    CHECK(may_retry_write(concern_error(code, retryable(8))));
    CHECK_FALSE(may_retry_write(command_error(code, retryable(9))));
    CHECK_FALSE(may_retry_write(command_error(code, Attempt())));
  }
  CHECK_FALSE(may_retry_write(command_error(11000, retryable(8))));
  CHECK(may_retry_write(*read_error(doc("ok", 0, "code", 1, "errorLabels", array("RetryableWriteError")), retryable(21))));
  CHECK(may_retry_write(network_error("reset", retryable(21))));
  CHECK_FALSE(may_retry_write(network_error("reset", {})));
}

TEST_CASE("a write concern error that names a state decides, write errors beside it or not") {
  const auto both =
      read_error(doc("ok", 1, "writeErrors", array(doc("code", 11000)), "writeConcernError", doc("code", 91)), retryable(8));
  REQUIRE(both);
  CHECK(both->code == 91);
  CHECK(may_retry_write(*both));
  CHECK(read_error(doc("ok", 1, "writeErrors", array(doc("code", 11000)), "writeConcernError", doc("code", 64)), {})->code ==
        11000);
}

TEST_CASE("the commit's outcome is unknown after what may have kept the answer back") {
  CHECK(network_error("reset", commit()).has_label(unknown_commit_result));
  CHECK(network_error("reset", commit()).has_label(retryable_write_error));
  CHECK(command_error(50, commit()).has_label(unknown_commit_result));
  CHECK(command_error(91, commit(8)).has_label(unknown_commit_result));
  CHECK(concern_error(64, commit()).has_label(unknown_commit_result));
  CHECK_FALSE(concern_error(100, commit()).has_label(unknown_commit_result));
  CHECK_FALSE(concern_error(79, commit()).has_label(unknown_commit_result));
  CHECK_FALSE(command_error(251, commit()).has_label(unknown_commit_result));
  CHECK_FALSE(command_error(50).has_label(unknown_commit_result));
  CHECK_FALSE(network_error("reset", commit()).has_label(transient_transaction_error));
}

TEST_CASE("a connection lost in a transaction makes it one to run again") {
  Attempt inside;
  inside.in_transaction = true;
  CHECK(network_error("reset", inside).has_label(transient_transaction_error));
  CHECK_FALSE(may_retry_write(network_error("reset", inside)));
  CHECK_FALSE(command_error(11000, inside).has_label(transient_transaction_error));
  inside.abort = true;
  CHECK_FALSE(network_error("reset", inside).has_label(transient_transaction_error));
  CHECK(may_retry_write(network_error("reset", inside)));
}

TEST_CASE("old servers are judged by their words, where they give no code") {
  const auto words = [](const char* text) { return *read_error(doc("ok", 0, "errmsg", text), {}); };
  CHECK(is_not_primary(words("not master")));
  CHECK_FALSE(is_not_primary(words("not master or secondary")));
  CHECK(is_recovering(words("not master or secondary")));
  CHECK(is_recovering(words("node is recovering")));
  CHECK_FALSE(is_not_primary(*read_error(doc("ok", 0, "errmsg", "not master", "code", 1), {})));
}

TEST_CASE("overload is retried after a pause that doubles") {
  const auto overloaded =
      *read_error(doc("ok", 0, "code", 462, "errorLabels", array("SystemOverloadedError", "RetryableError")), {});
  CHECK(is_overloaded(overloaded));
  CHECK(may_retry_read(overloaded));
  CHECK(may_retry_write(overloaded));
  CHECK_FALSE(is_overloaded(*read_error(doc("ok", 0, "errorLabels", array("SystemOverloadedError")), {})));
  CHECK(overload_backoff(1, 1.0).count() == 100);
  CHECK(overload_backoff(3, 1.0).count() == 400);
  CHECK(overload_backoff(3, 0.5).count() == 200);
  CHECK(overload_backoff(1000, 1.0).count() == 10'000);
  CHECK(overload_backoff(2, 7.0, std::chrono::milliseconds(10)).count() == 20);
}

}  // namespace
}  // namespace kinship::mongodb
