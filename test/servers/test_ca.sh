#!/bin/sh
# Certificates for tests of TLS: `test_ca.sh DIRECTORY` makes an authority (ca.pem), and by it good.pem (localhost, 127.0.0.1
# and ::1), wrong_host.pem, expired.pem and client.pem; each file holds certificate and key. secret.pem is the client's with
# its key encrypted ("open sesame"), other_ca.pem an authority nobody has anything from. Made once.
set -e
cmp -s "$0" "$1/made" && exit 0
me=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
rm -rf "$1"
mkdir -p "$1/issued"
cd "$1"
exec 2>log

key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
# shellcheck disable=SC2086 # $key is several words
authority() { openssl req -x509 $key -keyout "$1.key" -out "$1.pem" -subj "/CN=$2" -days 3650; }

# issue NAME SUBJECT SUBJECT-ALT-NAME FROM UNTIL
# shellcheck disable=SC2086
issue() {
  openssl req $key -keyout "$1.key" -out "$1.csr" -subj "$2"
  printf 'subjectAltName=%s\n' "$3" >"$1.ext"
  openssl ca -batch -notext -config ca.conf -extfile "$1.ext" -startdate "$4" -enddate "$5" -in "$1.csr" -out "$1.crt"
  cat "$1.crt" "$1.key" >"$1.pem"
}

cat >ca.conf <<CONF
[ca]
default_ca = it
[it]
database = ca.index
rand_serial = yes
new_certs_dir = issued
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
CONF
: >ca.index
authority ca KinshipTestCA
authority other_ca SomebodyElse
begin=20200101000000Z
end=20491231000000Z
here=DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1
issue good /CN=server $here $begin $end
issue wrong_host /CN=localhost DNS:db.example.com,IP:192.0.2.1 $begin $end
issue expired /CN=server $here $begin 20200102000000Z
issue client /CN=client DNS:client.example.com $begin $end
openssl pkey -in client.key -aes256 -passout 'pass:open sesame' -out secret.key
cat client.crt secret.key >secret.pem
cp "$me" made
