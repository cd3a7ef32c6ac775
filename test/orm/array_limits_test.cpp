// A limit on the far side of an id array: rows that several owners share count for each of them, and no owner gets more.
// Siblings load together, in one query.
#include <doctest/doctest.h>

#include <boost/describe.hpp>
#include <kinship/collection.hpp>
#include <kinship/database.hpp>
#include <kinship/model/define.hpp>
#include <kinship/query/field.hpp>
#include <kinship/testing.hpp>
#include <kinship/value/json.hpp>

#include <string>
#include <vector>

#include "support/run.hpp"

namespace shelves {

struct Note;
struct Topic {
  kinship::ObjectId id{};
  std::string name{};
  kinship::ManyToMany<Note> notes{};
};
struct Note {
  kinship::ObjectId id{};
  std::string title{};
  std::vector<kinship::ObjectId> topic_ids{};
  kinship::ManyToMany<Topic> topics{};
};
BOOST_DESCRIBE_STRUCT(Topic, (), (id, name))
BOOST_DESCRIBE_STRUCT(Note, (), (id, title, topic_ids))

kinship::Model mapping(kinship::of<Topic>) {
  return kinship::define<Topic>("topics").many_to_many<&Topic::notes, &Note::topic_ids>(
      {.order_by = {{"title", 1}}, .limit = 2});
}
kinship::Model mapping(kinship::of<Note>) {
  return kinship::define<Note>("notes").many_to_many<&Note::topics, &Note::topic_ids>();
}

static std::string titles(const kinship::Rows<Note>& notes) {
  std::string text;
  for (const Note& note : notes) text += note.title;
  return text;
}

static kinship::awaitable<void> limited(bool indexed) {
  kinship::Database db = co_await kinship::testing::memory();
  std::vector<Topic> topics(3);
  for (std::size_t i = 0; i < topics.size(); ++i) topics[i].name = std::string(1, static_cast<char>('x' + i));
  co_await db.insert_many(topics);
  if (indexed) {
    const kinship::json keys = {{"topic_ids", 1}, {"title", 1}};
    co_await db.collection("notes").create_index(keys);
  }
  std::vector<Note> notes(5);
  const std::string names = "ebdac";
  for (std::size_t i = 0; i < notes.size(); ++i) notes[i].title = names.substr(i, 1);
  // a: x y, b: x, c: y, d: x y, e: y x
  notes[0].topic_ids = {topics[1].id, topics[0].id};
  notes[1].topic_ids = {topics[0].id};
  notes[2].topic_ids = {topics[0].id, topics[1].id};
  notes[3].topic_ids = {topics[0].id, topics[1].id};
  notes[4].topic_ids = {topics[1].id};
  co_await db.insert_many(notes);
  auto read = co_await db.find<Topic>().order_by<&Topic::name>().all();
  kinship::testing::QueryCounter queries(db);
  auto first = co_await read[0].notes.all();
  auto second = co_await read[1].notes.all();
  auto third = co_await read[2].notes.all();
  CHECK(titles(first) == "ab");
  CHECK(titles(second) == "ac");
  CHECK(third.empty());
  CHECK(queries.count() == 1);
  auto next = co_await read[1].notes.skip(1).all();
  CHECK(titles(next) == "cd");
  co_await db.close();
}

}  // namespace shelves

TEST_CASE("a limit is per owner when owners share rows") { kinship::test::run(shelves::limited(false)); }
TEST_CASE("a limit is per owner when owners share rows, on an index") { kinship::test::run(shelves::limited(true)); }
