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

/// The document of the figures.
struct Article {
  kinship::ObjectId id{};
  kinship::ObjectId author{};
  std::string title{};
  std::string body{};
  std::int32_t likes{};
  std::int64_t views{};
  double score{};
  bool active{};
  kinship::DateTime created_at{};
  std::vector<std::string> tags{};
};
BOOST_DESCRIBE_STRUCT(Article, (), (id, author, title, body, likes, views, score, active, created_at, tags))

inline kinship::Model mapping(kinship::of<Article>) {
  return kinship::define<Article>("articles").field<&Article::author>("author_id").index<&Article::author>();
}

/// An id that can be made again for reading.
inline kinship::ObjectId numbered_id(int i) {
  kinship::ObjectId::Bytes bytes{1};
  for (int b = 0; b < 4; ++b) bytes[static_cast<std::size_t>(11 - b)] = static_cast<std::uint8_t>(i >> (8 * b));
  return kinship::ObjectId(bytes);
}

inline Article article(int i) {
  Article a;
  a.id = numbered_id(i);
  a.author = numbered_id(i / 10);
  a.title = "The quick brown fox";
  a.body = "jumps over the lazy dog, again and again, until it is tired";
  a.likes = i % 100;
  a.views = 1'000'000'000'000 + i;
  a.score = i / 8.0;
  a.active = true;
  a.created_at = kinship::DateTime(std::chrono::milliseconds(1'700'000'000'000 + i));
  a.tags = {"alpha", "beta", "gamma"};
  return a;
}

}  // namespace bench
