// expect: kinship: wrong model: this reference belongs to another type; assign its owner or its key
#include "models.hpp"

void link(Book& book, const Book& other) { book.writer = other; }
