#!/bin/bash
# What Kinship's headers cost a user's translation unit, as CPU seconds at -O0, best of three: the budget is 1.2 times
# <boost/asio/awaitable.hpp> + <string> + <vector>, plus 1 s. Reports it; fails only beyond 1.5 times the budget, because
# other work on the machine counts too. usage: budget.sh COMPILER...
cd "$(dirname "$0")/../.." || exit 1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
printf '#include <boost/asio/awaitable.hpp>\n#include <string>\n#include <vector>\n' >"$out/base.cpp"
printf '#include <kinship/kinship.hpp>\n' >"$out/include.cpp"
cp test/headers/user.cpp "$out/user.cpp"
TIMEFORMAT='%U %S'
seconds() { # user and system seconds of one compilation
  { time "${compiler[@]}" -std=c++20 -O0 -Iinclude ${BOOST_INCLUDEDIR:+-isystem "$BOOST_INCLUDEDIR"} -c "$out/$1.cpp" -o "$out/$1.o" \
    2>"$out/errors"; } 2>&1 | awk '{print $1 + $2}'
}
compiler=("$@")
declare -A best
for round in 1 2 3; do
  for unit in base include user; do
    s=$(seconds $unit)
    [ -s "$out/$unit.o" ] || { cat "$out/errors"; echo "0 passed, 1 failed"; exit 1; }
    best[$unit]=$(awk -v a="$s" -v b="${best[$unit]:-999}" 'BEGIN {print a < b ? a : b}')
  done
done
awk -v base="${best[base]}" -v include="${best[include]}" -v user="${best[user]}" 'BEGIN {
  budget = 1.2 * base + 1
  printf "asio/awaitable + string + vector  %.2f s\nkinship.hpp                       %.2f s\n", base, include
  printf "a user translation unit           %.2f s = %.2f of the budget of %.2f s\n", user, user / budget, budget
  ok = user <= 1.5 * budget
  printf "%d passed, %d failed\n", ok, !ok
  exit !ok
}'
