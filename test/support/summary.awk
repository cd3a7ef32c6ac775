# Adds up meson's testlog.txt: test cases where doctest (or a script's "N passed, N failed") counts them, else one a test.
# Prints a line for each test, the failing ones' output, and "N passed, N failed" alone on the last line.
function finish(    bad) {
  if (name == "") return
  bad = result !~ /^exit status (0|77)$/
  if (!counted) { if (result == "exit status 77") skipped = 1; else if (bad) failed = 1; else passed = 1 }
  else if (bad && failed == 0) failed = 1   # crashed after counting, or a sanitizer spoke at the end
  printf "%-28s %5d passed %3d failed%s  %s%s\n", name, passed, failed, skipped ? "  skipped" : "", seconds, skipped ? reason : ""
  if (failed || bad) { print text; print "  ^ " name ": " result }
  all_passed += passed; all_failed += failed; name = ""
}
/^=+ [0-9]+\/[0-9]+ =+$/ { finish(); passed = failed = skipped = counted = 0; text = seconds = result = reason = ""; next }
/^test: / { name = $0; sub(/^test: +(kinship:)?/, "", name); sub(/^.*kinship:/, "", name); next }
/^duration: / { seconds = $2; next }
/^result: / { result = $0; sub(/^result: +/, "", result); next }
/^\[doctest\] test cases:/ {
  counted = 1
  line = $0; gsub(/\033\[[0-9;]*m/, "", line)
  if (match(line, /[0-9]+ passed/)) passed += substr(line, RSTART, RLENGTH) + 0
  if (match(line, /[0-9]+ failed/)) failed += substr(line, RSTART, RLENGTH) + 0
}
/^[0-9]+ passed, [0-9]+ failed$/ { counted = 1; passed += $1; failed += $3 }
/^skipped: / { reason = "  (" substr($0, 10) ")" }
{ text = text $0 "\n" }
END { finish(); printf "%d passed, %d failed\n", all_passed, all_failed; exit all_failed > 0 || all_passed == 0 }
