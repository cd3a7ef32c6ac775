// A replica set for tests, in front of a plain server: `node main.mjs [members=3] [set=rs0] [electionMs=100]
// [back=HOST:PORT] [user=NAME pwd=PASSWORD] [iterations=15000] [tls=CERTIFICATE+KEY.pem] [ca=CA.pem] [clientCert=1]`.
// Without `back` the Node server runs in this process. Prints "A,B,C CONTROL", addresses, and runs until its standard
// input ends.
import { listen } from '../node/server.mjs';
import { Member } from './member.mjs';
import { ReplicaSet } from './replica_set.mjs';
import { Retries } from './retries.mjs';
import { Credentials } from './scram.mjs';

const options = Object.fromEntries(process.argv.slice(2).map((argument) => argument.split(/=(.*)/s)));
const { user, pwd, iterations } = options;
const set = new ReplicaSet(options.set ?? 'rs0', Number(options.electionMs ?? 100));
const front = {
  options,
  set,
  members: set.members,
  retries: new Retries(set),
  credentials: user ? new Credentials(user, pwd ?? '', Number(iterations ?? 15000)) : null,
  back: options.back ?? `127.0.0.1:${await listen()}`,
  log: [],
};
for (let i = 0; i < Number(options.members ?? 3); i++) set.members.push(new Member(front, set, i));
const control = new Member(front, null, -1);
await Promise.all([...set.members, control].map((member) => member.start()));
set.elect(set.members[0]);

console.log(set.addresses.join(','), control.address);
process.stdin.on('end', () => process.exit(0)).resume();
