# A MongoDB deployment that is really there: the one KINSHIP_MONGODB_URI names, else a mongod from PATH, started as a replica set
# of one. Neither is installed: without them a test says so, and CI fails for it no more than elsewhere. KINSHIP_TEST_DEPLOYMENT
# is deployment.cpp's program. Tests' databases begin with KINSHIP_TEST_DATABASES, and are dropped from a deployment of one's own.

install() {
  [ -z "${KINSHIP_MONGODB_URI:-}" ] || return 0
  mongod=$(command -v mongod) || {
    echo "skipped: not run on MongoDB itself: no mongod is on PATH, and KINSHIP_MONGODB_URI names no deployment"
    exit 77
  }
}

# split_uri URI: the form tests put names of databases of their own into: no database, but what it said about logging in.
split_uri() {
  local scheme=${1%%://*}:// rest=${1#*://} options='' database=''
  [ "${rest#*\?}" = "$rest" ] || options=${rest#*\?} rest=${rest%%\?*}
  [ "${rest#*/}" = "$rest" ] || database=${rest#*/} rest=${rest%%/*}
  case $rest:${options,,} in
    *@*:*authsource=* | *@*:*authmechanism=*) ;;
    *@*) options=${options:+$options&}authSource=${database:-admin} ;;
  esac
  KINSHIP_TEST_MONGODB=$scheme$rest/${options:+?$options}
}

stop() {
  [ -z "${mongod_process:-}" ] || kill -9 "$mongod_process" 2>/dev/null
  wait "${mongod_process:-}" 2>/dev/null
  rm -rf "$at"
}

# Sets `port`, or fails: `mongod` has no way to say which port it took, so one is tried after the other.
start_mongod() {
  local initiation
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000))
    rm -rf "$at/data" && mkdir "$at/data"
    "$mongod" --replSet rs0 --dbpath "$at/data" --bind_ip 127.0.0.1 --port $port --unixSocketPrefix "$at" --oplogSize 64 \
      --setParameter enableTestCommands=1 >"$at/log" 2>&1 </dev/null &
    mongod_process=$!
    "$KINSHIP_TEST_DEPLOYMENT" initiate "127.0.0.1:$port" >"$at/initiate.log" 2>&1 </dev/null &
    initiation=$!
    wait -n "$mongod_process" "$initiation" && kill -0 "$mongod_process" 2>/dev/null && return
    kill "$initiation" 2>/dev/null
    grep -qi 'address already in use' "$at/log" || return 1
  done
}

start() {
  export KINSHIP_TEST_DATABASES=kinship_test_$$_
  if [ -n "${KINSHIP_MONGODB_URI:-}" ]; then
    split_uri "$KINSHIP_MONGODB_URI"
    return
  fi
  at=$(mktemp -d "${TMPDIR:-/tmp}/kinship-mongod.XXXXXX")
  trap stop EXIT
  start_mongod || {
    echo "$mongod did not become a replica set of one: $(tail -qn 5 "$at/initiate.log" "$at/log" 2>&1)"
    exit 1
  }
  # It ends when this script does, in whatever way: the keeper holds the pipe.
  coproc keeper { cat >/dev/null; kill -9 "$mongod_process" 2>/dev/null; rm -rf "$at"; }
  KINSHIP_TEST_MONGODB="mongodb://127.0.0.1:$port/?replicaSet=rs0"
}

finish() {
  [ -z "${KINSHIP_MONGODB_URI:-}" ] || "$KINSHIP_TEST_DEPLOYMENT" drop "$KINSHIP_TEST_MONGODB" "$KINSHIP_TEST_DATABASES"
}
