#!/bin/bash
# Runs the small examples and compares what they print. usage: ladder.sh PROGRAM...
# With KINSHIP_TEST_MONGODB on that server, a database of its own for each.
expected=$(cd "$(dirname "$0")/expected" && pwd) || exit 1
passed=0 failed=0
for program in "$@"; do
  name=$(basename "$program")
  server=${KINSHIP_TEST_MONGODB:-} path=${KINSHIP_TEST_MONGODB%%\?*}  # its options stay behind the database's name
  store=${server:+${path}${KINSHIP_TEST_DATABASES:-}ladder_$$_$name${server#"$path"}}
  if out=$("$program" ${store:+"$store"} 2>&1) && diff <(echo "$out") "$expected/$name.txt"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$name printed something else:"
    echo "$out"
  fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
