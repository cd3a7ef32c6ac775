// A disk that takes no more: the operation fails in words, the store goes on, and nothing half-written is left.
// The limit on the size of files stands for a full disk.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>

#include "faults/temporary.hpp"
#include "faults/verify.hpp"
#include "store/calls.hpp"

using namespace kinship;
using namespace kinship::test;

namespace {

struct FileSizeLimit {
  explicit FileSizeLimit(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit limit = before;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before); }
  rlimit before{};
};

std::vector<bson::Document> large(int from) {
  std::vector<bson::Document> documents;
  for (int i = 0; i < 100; ++i) documents.push_back(doc("_id", from + i, "a", i, "text", std::string(20'000, 'x')));
  return documents;
}

}  // namespace

TEST_CASE("a disk that takes no more ends the operation, not the store") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  create_index(*driver, "c", doc("a", 1));
  CHECK(insert(*driver, "c", {doc("_id", -1, "a", -1)}).inserted == 1);
  {
    const FileSizeLimit limit(600'000);
    std::string text;
    const auto code = code_of([&] { insert(*driver, "c", large(0)); }, &text);
    CHECK((code == errc::unavailable || code == errc::store));
    CHECK(text.find("disk") != std::string::npos);
    CHECK(count(*driver, "c") == 1);
    CHECK(insert(*driver, "c", {doc("_id", -2, "a", -2)}).inserted == 1);
  }
  CHECK(insert(*driver, "c", large(0)).inserted == 100);
  CHECK(count(*driver, "c", doc("a", doc("$gte", 0))) == 100);
  close(driver);
  CHECK(verify_file(folder / "a.db") == "");
}

TEST_CASE("a disk that takes no more inside a transaction dooms it") {
  const Folder folder;
  const auto driver = open_file(folder / "a.db");
  CHECK(insert(*driver, "c", {doc("_id", -1)}).inserted == 1);
  auto session = run(driver->begin("disk_test.cpp", OperationContext()));
  {
    const FileSizeLimit limit(600'000);
    WriteOperation operation;
    operation.collection = "c";
    for (auto& document : large(0)) operation.items.push_back(insert_item(std::move(document)));
    operation.context.session = session;
    auto both = [&] {
      run(driver->write(std::move(operation)));
      run(driver->commit(session));
    };
    CHECK(code_of(both));
  }
  CHECK(code_of([&] { run(driver->commit(session)); }) == errc::transaction_aborted);
  CHECK(count(*driver, "c") == 1);
  CHECK(insert(*driver, "c", large(0)).inserted == 100);
  close(driver);
  CHECK(verify_file(folder / "a.db") == "");
}
