#!/bin/bash
# Each public header must compile on its own, without warnings. usage: alone.sh COMPILER...
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0
flags=(-std=c++20 -O0 -Wall -Wextra -Werror -Iinclude ${BOOST_INCLUDEDIR:+-isystem "$BOOST_INCLUDEDIR"})
while read -r header; do
  if printf '#include <%s>\n#include <%s>\n' "$header" "$header" | "$@" "${flags[@]}" -fsyntax-only -x c++ - 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$header does not compile on its own"
  fi
done < <(cd include && find kinship -name '*.hpp' | sort)
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
