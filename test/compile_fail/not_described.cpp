// expect: kinship: this model is not described; add BOOST_DESCRIBE_STRUCT(Name, (), (its, stored, fields))
#include "models.hpp"

struct Song {
  kinship::ObjectId id{};
};
kinship::Model mapping(kinship::of<Song>) { return kinship::define<Song>("songs"); }
