// Checks that a text, an error's mostly, says something; shows the text if it does not.
#pragma once

#include <doctest/doctest.h>

#include <string>

namespace kinship::test {

inline void says(const std::string& text, const std::string& part) {
  CHECK_MESSAGE(text.find(part) != std::string::npos, "no \"" << part << "\" in: " << text);
}

}  // namespace kinship::test
