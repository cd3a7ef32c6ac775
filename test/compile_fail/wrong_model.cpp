// expect: kinship: wrong model: the foreign key must be a member of the model this relationship holds
#define WRITER_IS_MAPPED_BY_THE_SAMPLE
#include "models.hpp"

struct Song {
  kinship::ObjectId id{};
  kinship::BelongsTo<Writer> writer{};
};

kinship::Model mapping(kinship::of<Writer>) {
  return kinship::define<Writer>("writers").one_to_many<&Writer::books, &Song::writer>();
}
