// Two models that are right; every sample adds one mistake to them.
#pragma once

#include <boost/describe.hpp>
#include <kinship/kinship.hpp>
#include <string>

struct Book;
struct Writer {
  kinship::ObjectId id{};
  std::string name{};
  kinship::OneToMany<Book> books{};
};
struct Book {
  kinship::ObjectId id{};
  kinship::BelongsTo<Writer> writer{};
  std::string title{};
  int year{};
};
BOOST_DESCRIBE_STRUCT(Writer, (), (id, name))
BOOST_DESCRIBE_STRUCT(Book, (), (id, writer, title, year))

inline kinship::Model mapping(kinship::of<Book>) { return kinship::define<Book>("books").belongs_to<&Book::writer>(); }
#ifndef WRITER_IS_MAPPED_BY_THE_SAMPLE
inline kinship::Model mapping(kinship::of<Writer>) {
  return kinship::define<Writer>("writers").one_to_many<&Writer::books, &Book::writer>();
}
#endif
