// The commands members got, for tests that look at what goes over the wire.
// Of each its name and the fields the driver adds to it.
const longest = 2000;
const kept = `lsid txnNumber autocommit startTransaction readConcern writeConcern maxTimeMS recoveryToken
  $readPreference $clusterTime $db`.split(/\s+/);

export function log(front, member, command, name) {
  const fields = kept.filter((field) => field in command).map((field) => [field, command[field]]);
  front.log.push({ member: member.index, name, ...Object.fromEntries(fields) });
  if (front.log.length > longest) front.log.shift();
}
