// What the benches read and write: authors with books, and a document of ten fields and 263 bytes.
#pragma once

#include <boost/describe.hpp>
#include <chrono>
#include <kinship/kinship.hpp>
#include <string>
#include <vector>

namespace bench {

struct Book;
struct Author {
  kinship::ObjectId id{};
  std::string name{};
  std::string email{};
  kinship::OneToMany<Book> books{};
};
struct Book {
  kinship::ObjectId id{};
  kinship::BelongsTo<Author> author{};
  std::string title{};
  int year{};
  std::vector<std::string> tags{};
};
BOOST_DESCRIBE_STRUCT(Author, (), (id, name, email))
BOOST_DESCRIBE_STRUCT(Book, (), (id, author, title, year, tags))

inline kinship::Model mapping(kinship::of<Author>) {
  return kinship::define<Author>("authors").one_to_many<&Author::books, &Book::author>({.cascade_delete = true});
}
inline kinship::Model mapping(kinship::of<Book>) { return kinship::define<Book>("books").belongs_to<&Book::author>(); }

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

struct Article {
  kinship::ObjectId id{};
  kinship::ObjectId author_id{};
  std::string title{};
  std::string slug{};
  std::string status{};
  std::string summary{};
  std::int32_t likes{};
  std::int64_t views{};
  double rating{};
  Time created_at{};
};
BOOST_DESCRIBE_STRUCT(Article, (), (id, author_id, title, slug, status, summary, likes, views, rating, created_at))

inline kinship::Model mapping(kinship::of<Article>) { return kinship::define<Article>("articles"); }

/// An id that can be made again for reading.
inline kinship::ObjectId numbered_id(int i) {
  kinship::ObjectId::Bytes bytes{1};
  for (int b = 0; b < 4; ++b) bytes[static_cast<std::size_t>(11 - b)] = static_cast<std::uint8_t>(i >> (8 * b));
  return kinship::ObjectId(bytes);
}

inline Article article(int i) {
  Article a;
  a.author_id = numbered_id(i / 10);
  a.title = "On the subject of article";
  a.slug = "on-the-subject";
  a.status = "published";
  a.summary = "Fifty-odd bytes of text that says what it is about...";
  a.likes = i % 100;
  a.views = 1'000'000'000'000 + i;
  a.rating = i / 7.0;
  a.created_at = Time(std::chrono::milliseconds(1'700'000'000'000 + i));
  return a;
}

}  // namespace bench
