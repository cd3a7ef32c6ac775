// expect: kinship: wrong key: the foreign key must be a BelongsTo of this model, or a member of its id's type
#define WRITER_IS_MAPPED_BY_THE_SAMPLE
#include "models.hpp"

kinship::Model mapping(kinship::of<Writer>) {
  return kinship::define<Writer>("writers").one_to_many<&Writer::books, &Book::year>();
}
