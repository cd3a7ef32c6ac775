# The Node server: documents in memory, sessions, transactions and failCommand; no log-in, no TLS, one member.
# Its packages come by npm; whatever changed in this folder is copied again, file by file, since others may be reading them.

copy_scripts() {
  local file copy
  mkdir -p "$directory/node" "$directory/front"
  for file in "$here"/node/*.mjs "$here"/front/*.mjs; do
    copy=$directory/${file#"$here"/}
    cmp -s "$file" "$copy" || { cp "$file" "$copy.new" && mv "$copy.new" "$copy"; }
  done
}

install() {
  command -v node >/dev/null && command -v npm >/dev/null || skip "the MongoDB test server needs node and npm (apt install nodejs npm)"
  copy_scripts
  cmp -s "$here/package.json" "$directory/package.json" && [ -d "$directory/node_modules" ] && return
  cp "$here/package.json" "$directory"
  (cd "$directory" && timeout 300 npm install --no-audit --no-fund) >"$directory/install.log" 2>&1 </dev/null && return
  rm -f "$directory/package.json"
  skip "the packages of the test server could not be installed: $(tail -n 1 "$directory/install.log")"
}

# start_script SCRIPT ARGUMENTS...: sets `answer` to the line it prints when it listens.
start_script() {
  # It holds our pipe as its standard input: it ends when this script does, in whatever way.
  coproc node_server { exec node "$directory/$1" "${@:2}"; }
  node_process=$node_server_PID
  trap 'kill "$node_process" 2>/dev/null' EXIT
  read -r answer <&"${node_server[0]}" || answer=
  [ -n "$answer" ] || skip "the MongoDB test server did not start"
}

start() {
  start_script node/main.mjs 0
  KINSHIP_TEST_MONGODB="mongodb://127.0.0.1:${answer#port }/"
}
