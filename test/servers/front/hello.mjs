// What a member says of itself: at once, when it has changed (topologyVersion with maxAwaitTimeMS), or every time it
// changes.
import { Long, ObjectId, Timestamp } from 'bson';

const limits = {
  maxBsonObjectSize: 16777216,
  maxMessageSizeBytes: 48000000,
  maxWriteBatchSize: 100000,
  logicalSessionTimeoutMinutes: 30,
  connectionId: 1,
  minWireVersion: 0,
  maxWireVersion: 25,
  readOnly: false,
};

const wire = process.argv.find((argument) => argument.startsWith('wire='));
if (wire) limits.maxWireVersion = Number(wire.slice(5)); // an older server, as far as it says so

function electionId(term) {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(0x7fffffff, 0);
  bytes.writeUInt32BE(term, 8);
  return new ObjectId(bytes);
}

function ofSet(member) {
  const { set, isPrimary } = member;
  const seconds = Math.floor(Date.now() / 1000) - member.lagSeconds;
  return {
    setName: set.name,
    setVersion: 1,
    secondary: !isPrimary,
    hosts: set.addresses,
    me: member.address,
    ...(set.primary && { primary: set.primary.address }),
    ...(isPrimary && { electionId: electionId(set.term) }),
    ...(Object.keys(member.tags).length && { tags: member.tags }),
    lastWrite: {
      opTime: { ts: new Timestamp({ t: seconds, i: 1 }), t: Long.fromNumber(set.term) },
      lastWriteDate: new Date(seconds * 1000),
    },
  };
}

export const topologyVersion = (member) => ({ processId: member.process, counter: Long.fromNumber(member.counter) });

export const describe = (member) => ({
  helloOk: true,
  isWritablePrimary: member.isPrimary,
  ismaster: member.isPrimary,
  ...(member.set && { topologyVersion: topologyVersion(member) }),
  ...limits,
  localTime: new Date(),
  ...(member.set && ofSet(member)),
  ok: 1,
});

// Whether the client knows the member's state already and would rather wait for the next.
export const knows = (member, { topologyVersion: known, maxAwaitTimeMS }) =>
  known &&
  maxAwaitTimeMS !== undefined &&
  Number(known.counter) === member.counter &&
  String(known.processId) === String(member.process);
