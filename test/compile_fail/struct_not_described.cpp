// expect: kinship: this model is not described; add BOOST_DESCRIBE_STRUCT(Name, (), (its, stored, fields))
#include <kinship/value/codec.hpp>

struct Song {
  kinship::ObjectId id{};
};

kinship::bson::Document stored(const Song& song) { return kinship::encode(song); }
