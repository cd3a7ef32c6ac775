// expect: kinship: this type cannot be stored
#include <boost/describe/class.hpp>
#include <kinship/value/codec.hpp>

struct Song {
  kinship::ObjectId id{};
  void* handle{};
};
BOOST_DESCRIBE_STRUCT(Song, (), (id, handle))

kinship::bson::Document stored(const Song& song) { return kinship::encode(song); }
