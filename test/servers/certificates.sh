# No server, but the certificates of tests that bring their own: TLS against a scripted one.

make_certificates() {
  command -v openssl >/dev/null || skip "the test certificates are made by openssl (apt install openssl)"
  "$here/test_ca.sh" "$directory/certificates" || skip "openssl made no test certificates: $(tail -n 1 "$directory/certificates/log")"
  export KINSHIP_TEST_CERTIFICATES=$directory/certificates
}

install() { make_certificates; }

start() { KINSHIP_TEST_MONGODB=; }
