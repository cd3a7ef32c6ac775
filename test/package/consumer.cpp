// The smallest program of somebody who has only the installed package: prints the category's name.
#include <iostream>
#include <kinship/error.hpp>

int main() {
  kinship::error error{kinship::errc::not_found, "nothing here"};
  std::cout << error.code().category().name() << '\n';
}
