#!/bin/bash
# Checks which room includes which; first that a wrong include would be seen.
cd "$(dirname "$0")/../.." || exit 1
sample=$(mktemp -d)
trap 'rm -rf "$sample"' EXIT
mkdir -p "$sample/include/kinship/value"
for line in '#include <kinship/database.hpp>' '#include <boost/asio.hpp>' '#include <nlohmann/json.hpp>' '#include <kinship/model/model.hpp>'; do
  echo "$line" >"$sample/include/kinship/value/bad.hpp"
  awk -f test/headers/direction.awk "$sample/include/kinship/value/bad.hpp" >/dev/null && { echo "not seen: $line"; exit 1; }
done
find include lib -name '*.hpp' -o -name '*.cpp' | sort | xargs awk -f test/headers/direction.awk
