#!/bin/bash
# Finds the coroutine shapes that g++ 12 frees twice or rejects (clang-query). usage: coroutines.sh FILE.cpp [COMPILER-FLAG...]
# Prints a line for each match; exit 0: none, 1: some, 2: the file could not be read by clang.
file=$1
shift
own='anyOf(isExpansionInMainFile(), isExpansionInFileMatching("(/kinship/|examples/|bench/|test/)[^ ]*\\.hpp$"))'
out=$("clang-query-${LLVM:-16}" "$file" \
  -c 'set output diag' -c 'set bind-root false' -c 'set traversal AsIs' \
  -c "m initListExpr($own, hasDescendant(coawaitExpr())).bind(\"co_await inside braces\")" \
  -c "m coawaitExpr($own, hasDescendant(initListExpr(hasType(hasUnqualifiedDesugaredType(recordType()))).bind(\"aggregate temporary inside a co_await expression\")))" \
  -c "m coawaitExpr($own, hasDescendant(cxxStdInitializerListExpr().bind(\"initializer_list inside a co_await expression\")))" \
  -c "m coawaitExpr($own, hasDescendant(lambdaExpr(hasAnyCapture(lambdaCapture(capturesVar(varDecl(hasType(hasUnqualifiedDesugaredType(recordType()))))))).bind(\"lambda with object captures inside a co_await expression\")))" \
  -c "m coawaitExpr($own, hasDescendant(conditionalOperator(hasType(hasUnqualifiedDesugaredType(recordType())), anyOf(hasTrueExpression(cxxBindTemporaryExpr()), hasFalseExpression(cxxBindTemporaryExpr()))).bind(\"conditional of objects inside a co_await expression\")))" \
  -- -std=c++20 "$@" 2>&1)
if grep -q ' error: ' <<<"$out"; then
  grep ' error: ' <<<"$out" | head -5
  exit 2
fi
found=$(grep -A2 '"co_await inside braces" binds here\|inside a co_await expression" binds here' <<<"$out")
[ -z "$found" ] && exit 0
echo "$found"
exit 1
