// expect: kinship: wrong type: one_to_one maps a member of type OneToOne<X>
#define WRITER_IS_MAPPED_BY_THE_SAMPLE
#include "models.hpp"

kinship::Model mapping(kinship::of<Writer>) {
  return kinship::define<Writer>("writers").one_to_one<&Writer::books, &Book::writer>();
}
