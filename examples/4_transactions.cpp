// 4. Transactions: all or nothing, only through the handle they give, and run again when two of them meet.
#include <boost/describe.hpp>
#include <kinship/kinship.hpp>
#include <stdexcept>
#include <string>

#include "run_program.hpp"

struct Account;
struct Entry;

struct Account {
  kinship::ObjectId id{};
  std::string owner{};
  std::int64_t cents{};
  kinship::OneToMany<Entry> entries{};
};
struct Entry {
  kinship::ObjectId id{};
  kinship::BelongsTo<Account> account{};
  std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, owner, cents))
BOOST_DESCRIBE_STRUCT(Entry, (), (id, account, cents))

kinship::Model mapping(kinship::of<Account>) {
  return kinship::define<Account>("accounts")
      .index<&Account::owner>({.unique = true})
      .one_to_many<&Account::entries, &Entry::account>({.cascade_delete = true});
}
kinship::Model mapping(kinship::of<Entry>) { return kinship::define<Entry>("entries").belongs_to<&Entry::account>(); }

// One booking: reads, writes and adds through `tx`, so that all of it stands or falls together.
kinship::awaitable<void> book(kinship::Database tx, kinship::ObjectId id, std::int64_t cents) {
  auto account = co_await tx.get<Account>(id);
  account->cents += cents;
  if (account->cents < 0) throw std::runtime_error(account->owner + " has too little");
  co_await tx.save(*account);
  Entry entry{.cents = cents};
  co_await account->entries.add(entry);
}

kinship::awaitable<void> print(kinship::Database db) {
  for (Account& account : co_await db.find<Account>().order_by<&Account::owner>().all())
    std::cout << account.owner << ": " << account.cents << " in " << co_await account.entries.count() << " entries\n";
}

kinship::awaitable<void> program(std::string store) {
  auto db = co_await kinship::connect(store);
  co_await db.ensure_indexes<Account, Entry>();
  Account ada{.owner = "Ada", .cents = 1000}, grace{.owner = "Grace", .cents = 0};
  co_await db.insert(ada);
  co_await db.insert(grace);

  // The function has a name of its own first, and takes what it needs by reference: it lives on this frame.
  std::int64_t amount = 400;
  auto transfer = [&](kinship::Database tx) -> kinship::awaitable<void> {
    co_await book(tx, ada.id, -amount);
    co_await book(tx, grace.id, amount);
  };
  co_await db.transaction(transfer);
  co_await print(db);

  amount = 5000;  // throws half way: nothing of it stays
  try {
    co_await db.transaction(transfer);
  } catch (const std::runtime_error& error) {
    std::cout << error.what() << '\n';
  }
  co_await print(db);

  // A unique index speaks through the same errors, and a transaction's value is handed back.
  auto count_new = [&](kinship::Database tx) -> kinship::awaitable<std::uint64_t> {
    Account third{.owner = "Barbara"};
    co_await tx.insert(third);
    co_return co_await tx.find<Account>().count();
  };
  std::cout << co_await db.transaction(count_new) << " accounts\n";
  try {
    co_await db.transaction(count_new);
  } catch (const kinship::error& error) {
    std::cout << (error.code() == kinship::errc::duplicate_key ? "there is a Barbara\n" : error.what());
  }
  std::cout << co_await db.find<Account>().count() << " accounts\n";
  co_await db.close();
}

int main(int argc, char** argv) { return run_program(program(store_named(argc, argv))); }
