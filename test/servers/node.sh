# The Node server: documents in memory, sessions, transactions and failCommand; no log-in, no TLS, one member.
# Its packages come by npm; whatever changed in this folder is copied again.

install() {
  command -v node >/dev/null && command -v npm >/dev/null || skip "the MongoDB test server needs node and npm (apt install nodejs npm)"
  cp "$here"/*.mjs "$directory"
  cmp -s "$here/package.json" "$directory/package.json" && [ -d "$directory/node_modules" ] && return
  cp "$here/package.json" "$directory"
  (cd "$directory" && timeout 300 npm install --no-audit --no-fund) >"$directory/install.log" 2>&1 </dev/null && return
  rm -f "$directory/package.json"
  skip "the packages of the test server could not be installed: $(tail -n 1 "$directory/install.log")"
}

start() {
  # It holds our pipe as its standard input: it ends when this script does, in whatever way.
  coproc node_server { exec node "$directory/mongo_server.mjs" 0; }
  node_process=$node_server_PID
  trap 'kill "$node_process" 2>/dev/null' EXIT
  read -r word port <&"${node_server[0]}" || word=
  [ "$word" = port ] || skip "the MongoDB test server did not start"
  KINSHIP_TEST_MONGODB="mongodb://127.0.0.1:$port/"
}
