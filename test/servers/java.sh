# mongo-java-server 1.47: no hello (isMaster by OP_QUERY, wire version 8), no sessions, no transactions, documents in memory;
# and the second TLS stack. Its jars come by maven.

. "$here/certificates.sh"

install() {
  command -v java >/dev/null && command -v mvn >/dev/null ||
    skip "mongo-java-server needs java and maven (apt install maven default-jdk-headless)"
  jars=$directory/java-server
  if ! cmp -s "$here/java/pom.xml" "$jars/pom.xml"; then
    mkdir -p "$jars" && cp "$here/java/pom.xml" "$jars/new.xml"
    (cd "$jars" && timeout 300 mvn -q -B -f new.xml -Dmaven.repo.local="$directory/java-repository" \
      dependency:copy-dependencies -DoutputDirectory=.) >"$directory/java.log" 2>&1 </dev/null ||
      skip "the jars of mongo-java-server could not be had: $(tail -n 1 "$directory/java.log")"
    rm -rf "$directory/java-repository"
    mv "$jars/new.xml" "$jars/pom.xml"
  fi
  make_certificates
  keystore=$directory/certificates/good.p12
  [ -f "$keystore" ] || openssl pkcs12 -export -in "$directory/certificates/good.pem" -out "$keystore" -passout pass:changeit \
    >>"$directory/java.log" 2>&1 || skip "openssl made no keystore for mongo-java-server: $(tail -n 1 "$directory/java.log")"
}

start() {
  # It holds our pipe as its standard input: it ends when this script does, in whatever way.
  coproc java_server { exec java -Xmx1g -cp "$jars/*" "$here/java/Server.java" "$keystore" changeit; }
  java_process=$java_server_PID
  trap 'kill "$java_process" 2>/dev/null' EXIT
  read -r word port tls_port <&"${java_server[0]}" && [ "$word" = ports ] || skip "mongo-java-server did not start"
  KINSHIP_TEST_MONGODB="mongodb://127.0.0.1:$port/"
  export KINSHIP_TEST_TLS_PORT=$tls_port
}
