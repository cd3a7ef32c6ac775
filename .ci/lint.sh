#!/bin/bash
# The coroutine lint over every source, after proving it on a bad sample and a good one.
cd "$(dirname "$0")/.." || exit 1
mkdir -p build-ci
flags=(-Iinclude -Ilib -Itest -Iexamples -Ibench -w '-DKINSHIP_STORE_CASES="cases"' '-DKINSHIP_CASES="cases"')
shapes=('co_await inside braces' 'aggregate temporary' 'initializer_list inside' 'lambda with object captures' 'conditional of objects')
found=$(.ci/coroutines.sh .ci/coroutines_bad.cpp)
for shape in "${shapes[@]}"; do
  grep -q "$shape" <<<"$found" || { echo "the lint no longer finds: $shape"; exit 1; }
done
.ci/coroutines.sh .ci/coroutines_good.cpp || { echo "the lint finds something in the good sample"; exit 1; }
# What awaits in a header is seen through the sources that await.
grep -rl --include='*.cpp' co_await lib examples test bench | grep -vE '^test/(compile_fail|package)/' | sort |
  xargs -P 2 -I FILE sh -c '.ci/coroutines.sh FILE "$@" && echo "1 passed, 0 failed" || echo "FILE: 1 failed"' sh "${flags[@]}" >build-ci/lint.txt
grep -v '^1 passed, 0 failed$' build-ci/lint.txt
ok=$(grep -c '^1 passed, 0 failed$' build-ci/lint.txt)
bad=$(grep -c ': 1 failed$' build-ci/lint.txt)
echo "$((ok + 1)) passed, $bad failed"
[ "$bad" = 0 ]
