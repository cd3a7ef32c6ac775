# A replica set of three over the Node server: elections, members that go and come back, streaming hello, retryable
# writes that are not done twice. KINSHIP_TEST_FRONT is the control port, a server of its own that is always there;
# front/control.mjs has its commands, which any member takes, too. FRONT_OPTIONS: TLS, ... (front/main.mjs). FRONT_LOGIN,
# "user:password": everybody has to log in.

. "$here/node.sh"

start() {
  # shellcheck disable=SC2086
  start_script front/main.mjs members=3 ${FRONT_OPTIONS:-} \
    ${FRONT_LOGIN:+user=${FRONT_LOGIN%%:*} pwd=${FRONT_LOGIN#*:} iterations=4096}
  read -r members control <<<"$answer"
  KINSHIP_TEST_MONGODB="mongodb://${FRONT_LOGIN:+$FRONT_LOGIN@}$members/?replicaSet=rs0"
  export KINSHIP_TEST_FRONT="mongodb://$control/?directConnection=true"
}
