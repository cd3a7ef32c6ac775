# A replica set of three over the Node server: elections, members that go and come back, streaming hello, retryable
# writes that are not done twice. KINSHIP_TEST_FRONT is the control port, a server of its own that is always there;
# front/control.mjs has its commands, which any member takes, too. FRONT_OPTIONS: log-in, TLS, ... (front/main.mjs).

. "$here/node.sh"

start() {
  # shellcheck disable=SC2086
  start_script front/main.mjs members=3 ${FRONT_OPTIONS:-}
  read -r members control <<<"$answer"
  KINSHIP_TEST_MONGODB="mongodb://$members/?replicaSet=rs0"
  export KINSHIP_TEST_FRONT="mongodb://$control/?directConnection=true"
}
